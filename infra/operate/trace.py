"""Everything that happened to an order, in its order: what was saved and told of it, and what functions said."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis import clock, items
from infra.operate.facts import get
from infra.operate.lines import Find, Line
from infra.operate.place import Place

# Who keeps something of an order, and as what.
KEPT = (("orders", "order"), ("products", "reservation"))
_TRACE = re.compile(r"00-([0-9a-f]{32})-")
_ABOUT = {"at", "level", "message", "trace", "stage", "capability", "function", "request_id", "xray", "cold_start"}
_LONG = {"traceback"}


@dataclass(frozen=True)
class Step:
    """Something that happened, where, and what is known of it."""

    at: str  # RFC 3339 of a fixed width: sorts as text
    capability: str
    what: str

    def __str__(self) -> str:
        return f"{self.at}  {self.capability:9}  {self.what}"


def now_kept(place: Place, order: str) -> dict[str, dict[str, Any]]:
    """What each capability has of the order by now, by its name; nothing where there is no such order."""
    found = {name: get(place, name, [f"{kind}#{order}"]).get(f"{kind}#{order}") for name, kind in KEPT}
    return {name: items.read_item(item) for name, item in found.items() if item}


def versions(place: Place, order: str) -> list[tuple[str, dict[str, Any]]]:
    """Each version that was saved and by whom, as far as streams hold it; in AWS, the last ones alone.

    A stream there holds a day of everything: to read all of it for one order is not for the asking; the logs know too.
    """
    if not place.streams:
        return list(now_kept(place, order).items())
    return [
        (name, items.read_item(image))
        for name, kind in KEPT
        for image in _images(place, name)
        if image.get("pk") == {"S": f"{kind}#{order}"}
    ]


def happened(place: Place, order: str, find: Find | None) -> list[Step]:
    """All steps, the first one first."""
    known = versions(place, order)
    saves = [of_item(name, item) for name, item in known]
    return sorted([*saves, *(said(find, order, [item for _, item in known]) if find else ())], key=lambda step: step.at)


def of_item(capability: str, item: Mapping[str, Any]) -> Step:
    """The save that made the item what it is."""
    told = ", ".join(each["fact"] for each in item.get("outbox", ())) or "nothing"
    kind = item["pk"].partition("#")[0]
    why = f" ({item['reason']})" if item.get("reason") else ""
    asked = f", asked {item['asked']} times" if item.get("asked") and kind == "order" else ""
    what = f"saved {kind} version {item['version']}: {item['status']}{why}{asked}; tells {told}"
    return Step(_stamp(item["changed_at"]), capability, what)


def said(find: Find, order: str, items: Iterable[Mapping[str, Any]]) -> list[Step]:
    """What functions said of the order, and in the traces that led to it and from it."""
    traces = {trace for item in items for told in item.get("outbox", ()) for trace in _TRACE.findall(told["trace"])}
    traces |= {trace for line in find([order]) for trace in _TRACE.findall(str(line.get("trace", "")))}
    lines = {json.dumps(line, sort_keys=True): line for line in find([order, *sorted(traces)])}
    return [_said(line) for line in lines.values() if _is_about(line, order)]


def standing(kept: Mapping[str, Mapping[str, Any]]) -> str:
    """One sentence on how things stand."""
    told = [f"{kind} {kept[name]['status']}, version {kept[name]['version']}" for name, kind in KEPT if name in kept]
    waits = kept.get("orders", {}).get("ask_at")
    return "; ".join(told) + (f"; waits for an answer, asks again at {_stamp(waits)}" if waits else "")


def _is_about(line: Line, order: str) -> bool:
    """A tick is one trace of many orders: a line that names another thing is not about this one."""
    named = [str(line[name]) for name in ("event", "order") if name in line]
    return not named or any(order in each for each in named)


def _said(line: Line) -> Step:
    rest = {name: value for name, value in line.items() if name not in _ABOUT | _LONG}
    told = "".join(f" {name}={value}" for name, value in rest.items())
    function = f"{line['function']}: " if "function" in line else ""
    return Step(str(line.get("at", "")), str(line.get("capability", "")), f"{function}{line.get('message', '')}{told}")


def _images(place: Place, capability: str) -> Iterator[Mapping[str, Any]]:
    arn = place.dynamodb.describe_table(TableName=place.table(capability))["Table"]["LatestStreamArn"]
    for shard in place.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        asked = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
        iterator = place.streams.get_shard_iterator(**asked)["ShardIterator"]
        while iterator:
            got = place.streams.get_records(ShardIterator=iterator)
            yield from (record["dynamodb"]["NewImage"] for record in got["Records"] if "NewImage" in record["dynamodb"])
            iterator = got.get("NextShardIterator") if got["Records"] else None


def _stamp(moment: str) -> str:
    return clock.stamp(datetime.fromisoformat(moment))
