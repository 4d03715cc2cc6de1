"""Child processes that do not outlive their parent: tied to it by stdin, their output prefixed by name."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from infra.local.lines import is_routine, readable

Say = Callable[[str, bytes], None]


class Child:
    """A process in a session of its own, so that Ctrl-C reaches the supervisor alone.

    The child watches its stdin: the end of it means that the parent is gone.
    """

    def __init__(
        self,
        name: str,
        command: Callable[[int], Sequence[str]],
        environment: Mapping[str, str],
        say: Say,
        *,
        on_ready: Callable[["Child", bytes], None] | None = None,
        on_exit: Callable[["Child"], None],
    ) -> None:
        """`command` gets the descriptor on which the child may write one line when it is ready."""
        self.name = name
        reading, writing = os.pipe()
        self._ready = os.fdopen(reading, "rb")
        try:
            self._process = subprocess.Popen(
                list(command(writing)),
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(writing,),
                start_new_session=True,
            )
        finally:
            os.close(writing)
        self.pid = self._process.pid
        self._ended = threading.Event()
        self._on_ready, self._on_exit, self._say = on_ready, on_exit, say
        self._echo = threading.Thread(target=self._read_output, daemon=True)
        self._echo.start()
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def status(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.returncode

    def give(self, line: bytes) -> None:
        """Writes to the child's stdin; one that is gone already is told of by on_exit."""
        assert self._process.stdin is not None  # nosec B101  # for mypy: it is a pipe
        with suppress(OSError, ValueError):
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def terminate(self) -> None:
        self._process.terminate()

    def wait(self, seconds: float) -> bool:
        """Whether it has ended, after so many seconds at the most."""
        return self._ended.wait(seconds)

    def kill(self) -> None:
        """Ends it at once, with whatever it started itself; nothing where it has ended."""
        if not self._ended.is_set():
            self._kill_group()

    def _watch(self) -> None:
        with self._ready:
            line = self._ready.readline()
        if line and self._on_ready:
            self._on_ready(self, line)
        self._process.wait()
        self._ended.set()
        self._kill_group()  # what it started itself and left behind
        self._echo.join(1)  # its last words come before the news of its end
        assert self._process.stdin is not None  # nosec B101  # for mypy: it is a pipe
        with suppress(OSError):
            self._process.stdin.close()
        self._on_exit(self)

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)

    def _read_output(self) -> None:
        assert self._process.stdout is not None  # nosec B101  # for mypy: it is a pipe
        with self._process.stdout as lines:
            for line in lines:
                self._say(self.name, line)


class Output:
    """The supervisor's stdout, a whole line at a time, each behind the name of its part."""

    def __init__(self, width: int, on_closed: Callable[[], None], *, verbose: bool = False) -> None:
        """`on_closed` is called when nobody reads stdout any more; what is said then is lost.

        Unless `verbose`, structured lines are made readable, and while `quiet` what went as it should is left out.
        """
        self._width, self._on_closed, self._verbose = width, on_closed, verbose
        self.quiet = False
        self._lock = threading.Lock()
        self._closed = sys.stdout is None

    def part(self, name: str, line: bytes) -> None:
        if not self._verbose:
            if self.quiet and is_routine(line):
                return
            line = readable(line)
        self._write(f"{name:<{self._width}} | ".encode() + line.rstrip(b"\r\n") + b"\n")

    def line(self, text: str) -> None:
        self._write(text.encode() + b"\n")

    def _write(self, data: bytes) -> None:
        with self._lock:
            if self._closed:
                return
            try:
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            except (BrokenPipeError, ValueError):
                self._closed = True
        if self._closed:
            self._on_closed()
