"""An environment of its own for a tool that can not live in the project's, made from a lock of the tool's own."""

import fcntl
import hashlib
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MARK = ".made-from"


def prepared(environment: Path, lock: Path) -> Path:
    """The Python of an environment that holds exactly what the lock says; ends the process when it can not be made.

    It is made the first time, and again when the lock has changed or the making was interrupted. Whoever asks while
    another process makes it waits, and finds it made.
    """
    python, digest = environment / "bin" / "python", hashlib.sha256(lock.read_bytes()).hexdigest()
    if not _stands(python, digest):
        with _alone(environment):
            if not _stands(python, digest):
                _make(environment, lock)
                (environment / _MARK).write_text(digest)  # last, so that what was interrupted is made again
    return python


def _stands(python: Path, digest: str) -> bool:
    mark = python.parents[1] / _MARK
    return python.exists() and mark.exists() and mark.read_text() == digest


@contextmanager
def _alone(environment: Path) -> Iterator[None]:
    """One process at a time; the lock goes with its process, however that ends."""
    with environment.with_name(f"{environment.name}.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _make(environment: Path, lock: Path) -> None:
    print(f"making {environment.name} from {lock.name}, this once", flush=True)
    (environment / _MARK).unlink(missing_ok=True)  # first, so that no half of what was there counts as whole
    venv.create(environment, clear=True)
    # The project's own pip puts it there, and what is never imported is never compiled: a third of the time it took.
    pip = [sys.executable, "-m", "pip", "--python", str(environment), "install", "--no-compile"]
    told = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--requirement", str(lock)]
    if subprocess.run([*pip, *told], stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"{environment.name} could not be made: see above")
