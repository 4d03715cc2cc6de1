"""MiniStack as the local cloud: `python -m infra.local.ministack --port N`, in an environment of its own.

It pins another botocore than this project, so that it can not live in the project's environment. The environment
is made from ministack.lock the first time, and again when the lock has changed.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).with_name("ministack.lock")
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-ministack"

# MiniStack does not watch its standard input: a thread beside it does.
PROGRAM = """
import os, sys, threading
def end_with_input():
    while os.read(0, 4096):
        pass
    os._exit(0)
if {tied}:
    threading.Thread(target=end_with_input, daemon=True).start()
sys.argv = ["ministack"]
from ministack.app import main
main()
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m infra.local.ministack", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--tied", action="store_true", help="end when standard input does")
    options = parser.parse_args()
    python = prepared(ENVIRONMENT)
    command = [str(python), "-c", PROGRAM.format(tied=options.tied)]
    environment = os.environ | settings(options.port)
    os.execve(python, command, environment)  # nosec B606  # its own environment's Python


def settings(port: int) -> dict[str, str]:
    return {
        "BIND_HOST": "127.0.0.1",  # without it, it answers to the whole network
        "GATEWAY_PORT": str(port),
        "MINISTACK_ACCOUNT_ID": "123456789012",  # as in the other clouds
        "STATE_DIR": str(ENVIRONMENT / "state"),  # its keys would else lie below /tmp, which is everybody's
        "LOG_LEVEL": "WARNING",
    }


def prepared(environment: Path) -> Path:
    """The Python of an environment that holds exactly what the lock says; ends the process when it can not be made."""
    python, mark = environment / "bin" / "python", environment / ".made-from"
    digest = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return python
    print(f"making {environment.name} from {LOCK.name}, this once", flush=True)
    venv.create(environment, clear=True, with_pip=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    if subprocess.run([*install, "--requirement", str(LOCK)], stdin=subprocess.DEVNULL).returncode:
        sys.exit(f"{environment.name} could not be made: see above")
    mark.write_text(digest)  # last, so that an environment that was interrupted is made again
    return python


if __name__ == "__main__":
    main()
