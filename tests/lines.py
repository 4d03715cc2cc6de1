"""The lines of the log that were written, as an operator reads them."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

Line = dict[str, Any]


def lines(text: str, message: str | None = None) -> list[Line]:
    """Every line; with `message`, those that say so."""
    told = [json.loads(line) for line in text.splitlines()]
    return [line for line in told if message in (None, line["message"])]


def measured(told: Iterable[Line]) -> Iterator[tuple[str, float]]:
    """Every metric that CloudWatch makes of the lines, with its value, as the embedded metric format has it."""
    for line in told:
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ()):
            yield from ((metric["Name"], line[metric["Name"]]) for metric in directive["Metrics"])
