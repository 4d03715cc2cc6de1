"""What is wrong with a stage, as far as its queues, its alarms and the orders that wait tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from chalicelib.orders.events import STUCK
from chalicelib.orders.store import SHARDS, WAITING
from chassis import clock, items
from infra.deploy.aws import Aws
from infra.operate.facts import get
from infra.operate.place import Place

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricAlarmTypeDef

ORDERS = "orders"  # who has orders that wait
OVERDUE = timedelta(minutes=5)  # after its time, an order that did not ask again shows that nobody calls the tick
LOOKED_AT = 1000  # orders of each shard, those that wait longest first
NAMED = 3  # of many, in one line
TOOLS = "the-operators-tools"
RECENT = timedelta(minutes=15)
# The alarms whose metric is looked at even while they do not ring: they wait for five bad minutes.
AGES = {"inbox-age": "the oldest event waits {:.0f} s in the inbox", "iterator-age": "the relay is {:.0f} ms behind"}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, where, and the heading of docs/operations.md that says what to do."""

    capability: str
    what: str
    page: str

    def __str__(self) -> str:
        return f"{self.capability}: {self.what} (docs/operations.md#{self.page})"


def set_aside(place: Place, capability: str) -> Iterator[Finding]:
    """Dead letters."""
    for box in ("inbox-dlq", "relay-dlq"):
        if (url := place.queue(capability, box)) and (depth := _depth(place, url)):
            letters = "1 dead letter" if depth == 1 else f"{depth} dead letters"
            yield Finding(capability, f"{letters} in {box}; emporium dlq list {capability}", box)


def stuck(place: Place) -> Iterator[Finding]:
    """Orders that get no answer, and orders that nobody reminds of asking."""
    now = clock.now()
    due = list(chain.from_iterable(_waiting(place, str(shard)) for shard in range(SHARDS)))
    found = [items.read_item(item) for item in get(place, ORDERS, (key for key, _ in due)).values()]
    if late := [key.partition("#")[2] for key, ask_at in due if ask_at < now - OVERDUE]:
        yield Finding(ORDERS, f"{_named(late)} should have asked again by now", "schedule-stopped")
    if asked := [str(each["id"]) for each in found if each.get("ask_at") and each.get("asked", 0) >= STUCK]:
        yield Finding(ORDERS, f"{_named(asked)} asked {STUCK} times or more and got no answer", "stuck-orders")


def ringing(aws: Aws, stage: str) -> Iterator[Finding]:
    """The alarms that ring, and those whose metric is over the limit by now; that there are none is no good sign."""
    alarms = list(_alarms(aws, stage))
    if not alarms:
        yield Finding("watching", f"{stage} has no alarms, which tell how old queues and streams are", TOOLS)
    for alarm in alarms:
        capability, what = _of(alarm["AlarmName"], stage)
        page = alarm.get("AlarmDescription", "").rpartition("#")[2] or what
        if alarm["StateValue"] == "ALARM":
            yield Finding(capability, f"the alarm {alarm['AlarmName']} rings: {alarm.get('StateReason', '')}", page)
        elif what in AGES and (worst := _worst(aws, alarm)) is not None and worst >= alarm["Threshold"]:
            yield Finding(capability, AGES[what].format(worst), page)


def _depth(place: Place, url: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = place.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(told.get(name, 0)) for name in names)


def _waiting(place: Place, shard: str) -> Iterator[tuple[str, datetime]]:
    pages = place.dynamodb.get_paginator("query").paginate(
        TableName=place.table(ORDERS),
        IndexName=WAITING.name,
        KeyConditionExpression="#shard = :shard",
        ExpressionAttributeNames={"#shard": WAITING.hash},
        ExpressionAttributeValues={":shard": {"S": shard}},
        PaginationConfig={"MaxItems": LOOKED_AT},
    )
    for page in pages:
        for found in page["Items"]:
            yield found["pk"]["S"], datetime.fromisoformat(found[WAITING.range]["S"])


def _named(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - NAMED} more" if len(ids) > NAMED else ""
    return f"{'order' if len(ids) == 1 else f'{len(ids)} orders'} {', '.join(ids[:NAMED])}{more}"


def _alarms(aws: Aws, stage: str) -> "Iterator[MetricAlarmTypeDef]":
    pages = aws.cloudwatch.get_paginator("describe_alarms").paginate(AlarmNamePrefix=f"emporium-{stage}-")
    for page in pages:
        yield from page["MetricAlarms"]


def _of(name: str, stage: str) -> tuple[str, str]:
    capability, _, what = name.removeprefix(f"emporium-{stage}-").partition("-")
    return capability, what


def _worst(aws: Aws, alarm: "MetricAlarmTypeDef") -> float | None:
    """The newest value of what the alarm looks at, if there is one of late."""
    now = clock.now()
    told = aws.cloudwatch.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm.get("Dimensions", []),
        StartTime=now - RECENT,
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Maximum"],
    )["Datapoints"]
    return max(told, key=lambda point: point["Timestamp"])["Maximum"] if told else None
