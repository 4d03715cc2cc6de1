"""Runs a program that ends when standard input does: `python -m infra.local.dynamodb_local.tied /bin/program ...`.

For programs that do not watch their own. However whoever holds the other end may die, this one does not stay behind.
"""

import os
import signal
import sys


def main() -> None:
    program = os.getpid()
    if os.fork() == 0:
        _watch(program)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the cloud waits for its own end with signals blocked
    os.execv(sys.argv[1], sys.argv[1:])  # nosec B606  # whoever calls says what is to be run


def _watch(program: int) -> None:
    """In a process of its own, beside the program, which is its parent for as long as it runs."""
    for output in (sys.stdout, sys.stderr):
        os.close(output.fileno())  # whoever reads them waits for their end
    while os.read(sys.stdin.fileno(), 4096):
        pass
    if os.getppid() == program:
        os.kill(program, signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
