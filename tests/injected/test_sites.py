"""No call of AWS is left out: what the source can call, the lives do call, and the page says how much that is."""

import re
from collections import defaultdict

from infra.apps_in_process import ROOT
from tests.injected.injector import INSIDE, OUTSIDE
from tests.injected.lives import KEYLESS, LIVES
from tests.injected.places import Line
from tests.injected.plans import Undisturbed, inside, outside
from tests.injected.sites import Site, operations, unvisited, ways

PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def visited(undisturbed: Undisturbed) -> dict[str, set[Line]]:
    """By handler: the lines through which its calls came."""
    lines: dict[str, set[Line]] = defaultdict(set)
    for name in LIVES:
        for call in undisturbed(name).calls:
            lines[call.place.handler] |= set(call.place.lines)
    return lines


def test_every_call_that_chassis_can_make_is_made(undisturbed: Undisturbed) -> None:
    lines = set[Line]().union(*visited(undisturbed).values())
    assert unvisited(operations(), lines) == []


def test_every_way_of_every_handler_to_aws_is_gone(undisturbed: Undisturbed) -> None:
    lines = visited(undisturbed)
    assert {handler: left for handler, sites in ways().items() if (left := unvisited(sites, lines[handler]))} == {}
    assert lines.keys() - ways().keys() == set()


def test_a_handler_that_comes_to_aws_by_no_way_is_not_overlooked() -> None:
    assert [handler for handler, sites in ways().items() if not sites] == []


def test_a_call_that_no_life_makes_is_seen() -> None:
    site = Site("chassis/table.py", 10, 12, "aws.client")
    assert unvisited([site], {("chassis/table.py", 9), ("chassis/relay.py", 11)}) == ["chassis/table.py:10 aws.client"]
    assert unvisited([site], {("chassis/table.py", 11)}) == []


def test_the_page_says_how_many_calls_went_wrong(undisturbed: Undisturbed) -> None:
    made = [call for name in LIVES for call in undisturbed(name).calls]
    wrong = sum(len(outside(undisturbed, name)) for name in LIVES if name != KEYLESS)
    again = sum(len(inside(undisturbed, name)) for name in LIVES)
    runs = wrong * len(OUTSIDE) + again * len(INSIDE)
    handlers = {call.place.handler for call in made}
    section = PAGE.partition("## The same on real boto3\n")[2].partition("\n## ")[0]
    said = re.findall(r"(\d[\d,]*) (lives|handlers|places|calls|runs)\b", section)
    counted = [(len(LIVES), "lives"), (len(handlers), "handlers"), (len(set(made)), "places"), (wrong, "calls")]
    assert said == [(f"{count:,}", of) for count, of in [*counted, (runs, "runs")]]
