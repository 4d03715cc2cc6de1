"""What importing each app costs over `import botocore.session`: `python -m benchmarks.imports`.

Fresh processes, with compiled code ready as in a well packed zip. The time is processor time around `import app`, which
repeats on a busy machine; the parts are the self times of `python -X importtime`, summed by package.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

FUNCTIONS = Path(__file__).resolve().parent.parent / "functions"
BUDGET = 60.0  # ms
_SDK = "botocore.session"
_TIMED = f"import {_SDK}, time; began = time.process_time(); import app; print(time.process_time() - began)"
_SHOWN = 8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=15)
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as compiled:
        os.environ["PYTHONPYCACHEPREFIX"] = compiled
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        report(runs)


def report(runs: int) -> None:
    for folder in sorted(path.parent for path in FUNCTIONS.glob("*/app.py")):
        times = [timed(folder) for _ in range(runs + 1)][1:]  # the first warms the caches
        middle, least = statistics.median(times), min(times)
        print(f"{folder.name}: median {middle:.1f} ms, least {least:.1f} ms (budget {BUDGET:.0f})")
        print(f"    {', '.join(f'{part} {ms:.1f}' for part, ms in shares(folder, runs))}")


def timed(folder: Path) -> float:
    """Milliseconds of `import app` in a process that has the SDK."""
    return float(_run(folder, "-c", _TIMED).stdout) * 1000


def shares(folder: Path, runs: int) -> list[tuple[str, float]]:
    """The median milliseconds of each package's own modules, the largest first."""
    each = [_self_times(_run(folder, "-X", "importtime", "-c", f"import {_SDK}, app").stderr) for _ in range(runs)]
    packages = {package for run in each for package in run}
    middle = {package: statistics.median(run[package] for run in each) / 1000 for package in packages}
    return sorted(middle.items(), key=lambda item: -item[1])[:_SHOWN]


def _self_times(report: str) -> Counter[str]:
    """Microseconds by package of what `import app` caused, from lines `import time: self | cumulative | name`.

    A module's line comes after those of what it imports, which are indented further.
    """
    lines = [line.removeprefix("import time:").split("|") for line in report.splitlines() if "|" in line][1:]
    names = [name.strip() for _, _, name in lines]
    caused = lines[names.index(_SDK) + 1 : names.index("app") + 1]
    times = Counter[str]()
    for own, _, name in caused:
        times[_package(name.strip())] += int(own)
    return times


def _package(module: str) -> str:
    top = module.partition(".")[0]
    return "the standard library" if top in sys.stdlib_module_names else top


def _run(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(folder / "vendor")])}
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    main()
