"""One cold start: a new process, its init phase, and its first request."""

import os
import re
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.cold_start.variants import Variant
from tests.runtime.api import RuntimeApi, served
from tests.runtime.function import command, environment

HANDLER = "app.app"


@dataclass(frozen=True)
class Start:
    """Milliseconds: on the wall from the process's beginning and from the first request; of all its processor time."""

    whole: float
    request: float
    processor: float


class Lambda:
    """Starts functions; `told` are the variables of all of them, `event` is the first request."""

    def __init__(self, client: Path, told: Mapping[str, str], event: dict[str, Any]) -> None:
        self.client, self.told, self.event = client, told, event

    def start(self, variant: Variant, under: Sequence[str] = ()) -> Start:
        """Raises SystemExit for an answer that is not 200. `under` is a command that runs commands."""
        api = RuntimeApi()
        with served(api) as address:
            began = time.perf_counter()
            process = subprocess.Popen(
                [*under, *command(HANDLER)],
                cwd=variant.code,
                env=self._environment(variant, address),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
            told = api.invoke(self.event)
            answered = time.perf_counter()
            process.send_signal(signal.SIGTERM)
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = status
        if told.error or told.answer["statusCode"] != 200:
            raise SystemExit(f"{variant.name}: {told}")
        seconds = answered - began, answered - api.asked_at, used.ru_utime + used.ru_stime
        return Start(*(1000 * each for each in seconds))

    def instructions(self, variant: Variant, folder: Path) -> float:
        """Millions, of the whole process; they repeat, whatever else the machine does."""
        log = folder / "valgrind.log"
        tool = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]
        self.start(variant, under=[*tool, f"--log-file={log}"])
        found = re.search(r"I +refs: +([0-9,]+)", log.read_text())
        if not found:
            raise SystemExit(f"valgrind tells no count: {log.read_text()}")
        return int(found[1].replace(",", "")) / 1e6

    def _environment(self, variant: Variant, address: str) -> dict[str, str]:
        """Nothing is left behind compiled, as on Lambda's disk, which is read-only."""
        given = environment(variant.code, HANDLER, self.client, address) | dict(self.told)
        packages = [str(self.client), *([str(variant.sdk)] if variant.sdk else [])]
        fixed = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(packages)}
        return given | fixed
