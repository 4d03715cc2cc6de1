"""What functions told of a thing: lines of their logs, from CloudWatch or from a file of what `emporium up` said."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from chassis import clock
from infra.deploy.aws import Aws
from infra.deploy.errors import DeployError, Unusable

Line = Mapping[str, Any]
Find = Callable[[Collection[str]], list[Line]]  # the lines that have one of these words in them, in their order
WORDS = 50  # in one query
MOST = 10_000  # lines that a query answers with (the limit of CloudWatch)
GROUPS = 50  # that a query reads (the limit of CloudWatch)
_PAUSE = timedelta(seconds=1)
_WAITING = ("Scheduled", "Running", "Unknown")


@dataclass(frozen=True)
class Failures:
    """How often a message was not heard, when first and last, and why at last."""

    times: int
    first: str
    last: str
    cause: str


def failures(lines: Iterable[Line], message: str) -> Failures | None:
    """What lines tell of a message that failed; None where they tell nothing of it."""
    found = [each for each in lines if each.get("message") == "not heard" and each.get("message_id") == message]
    if not found:
        return None
    times = max(len(found), *(int(each.get("received", 1)) for each in found))
    return Failures(times, found[0].get("at", ""), found[-1].get("at", ""), found[-1].get("cause", ""))


def in_file(path: Path) -> Find:
    """Raises Unusable for a file that can not be read. A line may have something before its JSON."""
    try:
        every = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as error:
        raise Unusable(f"--log: {path}: {error.strerror}") from None
    return lambda words: _sorted(_read(each for each in every if any(word in each for word in words)))


def in_cloudwatch(aws: Aws, stage: str, since: datetime) -> Find:
    """Asks Logs Insights over all log groups of the stage."""

    def find(words: Collection[str]) -> list[Line]:
        groups = [
            group["logGroupName"]
            for page in aws.logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"/emporium/{stage}/")
            for group in page["logGroups"]
        ]
        wanted = list(dict.fromkeys(words))
        batches = [wanted[at : at + WORDS] for at in range(0, len(wanted), WORDS)] if groups else []
        return _sorted(line for batch in batches for line in _read(_ask(aws, groups[:GROUPS], query(batch), since)))

    return find


def query(words: Iterable[str]) -> str:
    """The query of Logs Insights for lines that have one of the words in them."""
    quoted = (json.dumps(word, ensure_ascii=False) for word in words)
    wanted = " or ".join(f"@message like {each}" for each in quoted)
    return f"fields @message | filter {wanted} | sort @timestamp | limit {MOST}"


def _ask(aws: Aws, groups: list[str], text: str, since: datetime) -> Iterator[str]:
    start, end = int(since.timestamp()), int(clock.now().timestamp()) + 1
    begun = aws.logs.start_query(logGroupNames=groups, startTime=start, endTime=end, queryString=text)
    while (got := aws.logs.get_query_results(queryId=begun["queryId"]))["status"] in _WAITING:
        clock.wait_until(clock.now() + _PAUSE)
    if got["status"] != "Complete":
        raise DeployError(f"CloudWatch did not answer what the functions told: the query is {got['status']}")
    for row in got["results"]:
        yield from (field["value"] for field in row if field.get("field") == "@message")


def _read(texts: Iterable[str]) -> Iterator[Line]:
    for text in texts:
        _, brace, rest = text.partition("{")
        try:
            line = json.loads(brace + rest)
        except ValueError:
            continue
        if isinstance(line, dict):
            yield line


def _sorted(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: str(line.get("at", "")))
