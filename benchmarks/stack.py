"""A running shop to measure: one that is started for the purpose, whose processor time can be told part by part."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_UP = [sys.executable, "-m", "infra.cli", "up", "--port", "0", "--cloud-port", "0", "--empty", "--no-reload"]
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Stack:
    url: str
    pid: int | None  # of the supervisor; None for one that somebody else runs

    def processor(self) -> dict[str, float]:
        """The seconds of processor time that each part has used; none where there is no /proc."""
        used = dict[str, float]()
        for pid in _family(self.pid) if self.pid else ():
            part = "front door" if pid == self.pid else _part(pid)
            used[part] = used.get(part, 0.0) + _seconds(pid)
        return used


@contextmanager
def running(url: str | None = None, *flags: str) -> Iterator[Stack]:
    """The shop at `url`, or one of our own on free ports, started with the flags and stopped at the end."""
    if url:
        yield Stack(url, None)
        return
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (
        tempfile.NamedTemporaryFile("r+") as said,
        subprocess.Popen([*_UP, *flags], cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT) as process,
    ):
        try:
            yield Stack(_address(process, Path(said.name)), process.pid)
        finally:
            process.send_signal(signal.SIGINT)


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Seconds of processor time between two readings, by part."""
    return {part: seconds - before.get(part, 0.0) for part, seconds in after.items()}


def _address(process: "subprocess.Popen[bytes]", said: Path) -> str:
    """The front door's, from what the stack says once it is up."""
    while process.poll() is None:
        if found := re.search(r"^\s*front door\s+(http://\S+)", said.read_text(), re.MULTILINE):
            return found[1]
        time.sleep(0.1)
    raise SystemExit(f"the stack did not start:\n{said.read_text()}")


def _family(root: int) -> list[int]:
    parents = {int(path.name): _stat(path)[1] for path in Path("/proc").glob("[0-9]*") if _stat(path)}
    found = [root]
    for each in found:  # and of what they have started in their turn
        found += [pid for pid, parent in parents.items() if int(parent) == each]
    return found


def _stat(process: Path) -> list[str]:
    try:
        return (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _seconds(pid: int) -> float:
    stat = _stat(Path(f"/proc/{pid}"))
    return (int(stat[11]) + int(stat[12])) / _TICK if stat else 0.0


def _part(pid: int) -> str:
    """An app's process works in the app's folder; the cloud's in that of the supervisor."""
    folder = Path(f"/proc/{pid}/cwd").resolve()
    return folder.name if folder.parent.name == "functions" else "cloud"
