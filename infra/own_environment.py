"""An environment of its own for a tool that can not live in the project's, made from a lock of the tool's own."""

import hashlib
import subprocess
import sys
import venv
from pathlib import Path


def prepared(environment: Path, lock: Path) -> Path:
    """The Python of an environment that holds exactly what the lock says; ends the process when it can not be made.

    It is made the first time, and again when the lock has changed.
    """
    python, mark = environment / "bin" / "python", environment / ".made-from"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return python
    print(f"making {environment.name} from {lock.name}, this once", flush=True)
    venv.create(environment, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*install, "--requirement", str(lock)], stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"{environment.name} could not be made: see above")
    mark.write_text(digest)  # last, so that an environment that was interrupted is made again
    return python
