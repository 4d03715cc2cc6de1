"""Type-checks every part of the tree: the three apps share module names, so each app.py is its own run."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CAPABILITIES = sorted(path.parent for path in (ROOT / "functions").glob("*/app.py"))


def runs() -> list[list[str]]:
    """The arguments of each run of mypy."""
    return [["chassis", "infra", "tests"], ["-p", "chalicelib"], *([str(c / "app.py")] for c in CAPABILITIES)]


def main() -> int:
    environment = os.environ | {"MYPYPATH": os.pathsep.join([str(ROOT), *map(str, CAPABILITIES)])}
    mypy = [sys.executable, "-m", "mypy", "--no-error-summary"]
    return max(subprocess.run([*mypy, *run], cwd=ROOT, env=environment).returncode for run in runs())


if __name__ == "__main__":
    sys.exit(main())
