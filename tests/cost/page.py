"""docs/cost.md: what stands below a command there is what it prints, and what is counted stands there as committed."""

import re
import shlex
from collections.abc import Mapping

from click.testing import CliRunner

from infra.cli import main
from infra.cost.counts import Units, load
from tests.infra.stacks.project import ROOT

PAGE = ROOT / "docs" / "cost.md"
_RUN = re.compile(r"(?P<before>```sh\n\.venv/bin/emporium (?P<command>[^\n]*)\n```\n\n```text\n).*?```", re.DOTALL)
_COUNTED = re.compile(r"(?P<before><!-- counted: (?P<names>[^\n]*) -->\n\n).*?\n\n", re.DOTALL)
COLUMNS = {
    "requests": "requests",
    "invocations": "invocations",
    "calls": "calls of AWS",
    "write_units": "write units",
    "read_units": "read units",
    "publishes": "publishes",
    "sqs_requests": "SQS requests",
    "log_bytes": "bytes of log",
}


def renewed(text: str) -> str:
    """The page with what its commands print by now, and with the counts as they are committed."""
    text = _RUN.sub(lambda found: f"{found['before']}{_printed(found['command'])}```", text)
    return _COUNTED.sub(lambda found: f"{found['before']}{_table(found['names'])}\n\n", text)


def _printed(command: str) -> str:
    result = CliRunner().invoke(main, shlex.split(command))
    assert result.exit_code == 0, result.output
    return result.stdout


def _table(names: str) -> str:
    """Of one act its functions, of several what all functions do together."""
    acts = load().acts
    listed = [name.strip() for name in names.split(",")]
    alone = listed[0] if len(listed) == 1 else ""
    rows = dict(acts[alone]) if alone else {name: _together(acts[name]) for name in listed}
    rows.pop("tables", None)
    lines = [f"| | {' | '.join(COLUMNS.values())} |", f"|---|{'---|' * len(COLUMNS)}"]
    for name, units in {**rows, **({"all": _together(acts[alone])} if alone else {})}.items():
        lines.append(f"| {name} | {' | '.join(_cell(units, column) for column in COLUMNS)} |")
    return "\n".join(lines)


def _together(act: Mapping[str, Units]) -> Units:
    return {column: sum(units.get(column, 0) for units in act.values()) for column in COLUMNS}


def _cell(units: Units, column: str) -> str:
    return f"{units[column]:,g}" if units.get(column) else ""
