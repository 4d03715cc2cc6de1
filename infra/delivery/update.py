"""Moves the lock to the newest packages that pyproject.toml takes, and the capabilities' pins to the lock's.

    python -m infra.delivery.update

Needs nothing but uv. What else has to change (a package that a capability newly needs) the tests tell.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# As CONTRIBUTING.md says it, for those who compile by hand.
COMPILE = (
    *("uv", "pip", "compile", "pyproject.toml", "--extra", "dev", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-emit-index-url", "--no-header", "-o", "requirements.lock"),
)
_LOCKED = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)", re.M)
_PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[^\]]*\])?==(\S+)$", re.M)


def repinned(requirements: str, lock: str) -> str:
    """The requirements at the versions of the lock; one that the lock no longer has stays, and the tests name it."""
    locked = dict(_LOCKED.findall(lock))
    return _PIN.sub(lambda pin: f"{pin[1]}{pin[2] or ''}=={locked.get(pin[1], pin[3])}", requirements)


def main() -> int:
    """The exit status of uv."""
    compiled = subprocess.run([*COMPILE, "--upgrade", "--quiet"], cwd=ROOT)
    if compiled.returncode:
        return compiled.returncode
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("functions/*/requirements.txt")):
        path.write_text(repinned(path.read_text(encoding="utf-8"), lock), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
