"""What docs/operations.md tells to type is there to be typed, and what a finding names has its page."""

import re
import shlex

import click
import pytest

from infra.apps_in_process import ROOT
from infra.cli import main

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.+?)^```", TEXT, re.M | re.S)
TYPED = [line for block in BLOCKS for line in block.splitlines() if line.startswith("emporium ")]
SPOKEN = [each for each in re.findall(r"`(emporium [^`\n]+)`", TEXT) if " > " not in each and "|" not in each]


@pytest.mark.parametrize("line", [*TYPED, *SPOKEN])
def test_a_command_of_the_runbooks_is_one_that_there_is_with_options_that_it_takes(line: str) -> None:
    _, *words = shlex.split(line, comments=True)
    command: click.Command = main
    while isinstance(command, click.Group) and words:
        command = command.commands[words.pop(0)]
    taken = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in words if word.startswith("--")} <= taken


def test_the_runbooks_use_the_tools() -> None:
    assert len(TYPED) > 8


def test_every_page_that_a_finding_names_is_there() -> None:
    headings = {
        re.sub(r"[^a-z -]", "", each.lower()).replace(" ", "-") for each in re.findall(r"^## (.+)$", TEXT, re.M)
    }
    sources = (ROOT / "infra" / "operate" / f"{name}.py" for name in ("drift", "findings"))
    found = {page for source in sources for page in re.findall(r'"([a-z]+-[a-z-]+)"\)?$', source.read_text(), re.M)}
    assert {"read-model-drift", "stuck-orders", "schedule-stopped"} <= found
    assert {"read-model-drift", "stuck-orders", "schedule-stopped", "inbox-dlq", "relay-dlq"} <= headings
