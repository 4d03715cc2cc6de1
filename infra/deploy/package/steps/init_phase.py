"""Makes clients in the init phase and not in the first request, with no garbage collected meanwhile.

The first request takes 9 ms instead of 27, and where Lambda starts a function ahead nobody waits for the rest. No
collector: 4 ms of processor time a cold start, 27 of 732 million instructions.
"""

from pathlib import Path

NAME = "init-phase"
# On the first line, so that tracebacks tell the lines of the repository's app.py.
_FIRST = "import gc; gc.disable(); "
_LAST = """

from chassis import cold_start

cold_start.ready(app)
"""


def apply(folder: Path) -> None:
    """The app itself knows nothing of it: elsewhere it shares a process with others, and there is no such phase."""
    app = folder / "app.py"
    app.write_text(f"{_FIRST}{app.read_text(encoding='utf-8')}{_LAST}", encoding="utf-8")
