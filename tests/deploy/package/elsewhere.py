"""The same sources in another folder, packed by somebody else: with another umask, home, clock and seed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from infra.deploy.package.plan import ROOT

_PARTS = ("chassis", "functions", "infra")
_SUMMER_OF_2001 = 993_945_600


def copied(folder: Path) -> Path:
    """What is packed and what packs, with links as links and times of its own."""
    tree = folder / "somewhere" / "else"
    for part in _PARTS:
        shutil.copytree(ROOT / part, tree / part, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "requirements.lock", tree)
    for path in tree.rglob("*"):
        os.utime(path, (_SUMMER_OF_2001, _SUMMER_OF_2001))
    return tree


def packed(tree: Path, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`emporium package` there, of an environment that has nothing of AWS in it."""
    temporary = out.parent / "temporary"
    temporary.mkdir(exist_ok=True)
    pip = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    told = {"HOME": str(out.parent), "TMPDIR": str(temporary), "TZ": "Asia/Tokyo", "LANG": "C"}
    python = {"PYTHONHASHSEED": "7", "PYTHONOPTIMIZE": "2", "PYTHONPYCACHEPREFIX": str(out.parent / "compiled")}
    command = [sys.executable, "-m", "infra.cli", "package", *arguments, "--out", str(out)]
    return subprocess.run(command, cwd=tree, env=pip | told | python, umask=0o077, capture_output=True, text=True)


def files(tree: Path) -> set[Path]:
    """What stands where packing could leave something behind."""
    return {path for part in ("chassis", "functions") for path in (tree / part).rglob("*")}
