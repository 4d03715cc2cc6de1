"""MiniStack as the local cloud: `python -m infra.local.ministack --port N`, in an environment of its own.

It pins another botocore than this project, so that it can not live in the project's environment. The environment
is made from ministack.lock.
"""

import argparse
import os
from pathlib import Path

from infra.own_environment import prepared

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
    python = prepared(ENVIRONMENT, LOCK)
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


if __name__ == "__main__":
    main()
