"""The committed counts: what each act of the shop is billed for, and what stands in a stage whoever comes.

They are measured on the real code and held to it: python -m tests.cost.record writes them anew.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, convert

FILE = Path(__file__).parent / "counts.json"
LINES = (1, 3, 10, 40, 99)  # of the orders that are measured

Units = Mapping[str, float]  # an amount of each thing that is billed, or that a bill is worked out from
Act = Mapping[str, Units]  # by the function whose doing it is; "gateway" and "tables" do theirs, too


class Standing(Struct, frozen=True):
    """What is there all the time: how much of it, and by `ticks` how often a clock calls which function in a month."""

    pollers: int
    ticks: Mapping[str, int]
    alarms: int  # metrics that they look at
    dashboards: int
    metrics: int
    distributions: int
    keys: int
    secrets: int
    keyed_tables: bool  # encrypted by a key in KMS that is asked for
    keyed_topics: bool
    plan: str  # of Cognito


class Counts(Struct, frozen=True):
    acts: Mapping[str, Act]
    standing: Standing


def load(path: Path = FILE) -> Counts:
    """What is committed, unless another file is given."""
    return convert(json.loads(path.read_text(encoding="utf-8")), Counts)


def written(counts: Any) -> str:
    """The file's text."""
    return json.dumps(counts, indent=1, sort_keys=True) + "\n"
