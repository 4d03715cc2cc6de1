"""From counts and traffic to the units of a month, by the names of the prices. Pure.

A month has 30 days here. What comes of no orders at all is what a stage takes by itself.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from infra.cost.counts import LINES, Counts, Standing, Units

DAYS = 30
SECONDS = DAYS * 24 * 3600
GB = 1024**3
WHOLE_CORE = 1769  # MB: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
LONG_POLL = 20  # seconds that each of Lambda's pollers waits, the longest that SQS has
# Seconds for which SNS, and DynamoDB for each caller, remember a key that they got from KMS.
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
KEY_REUSED = 300
COMPRESSED = 0.15  # of a log, where it is kept, as the examples reckon of https://aws.amazon.com/cloudwatch/pricing/
# Part of what is beyond one a second, which X-Ray records. Functions can have no other.
# https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
SAMPLED = 0.05
# Bytes of what Lambda writes itself for each invocation: START, END and REPORT.
# https://docs.aws.amazon.com/lambda/latest/dg/python-logging.html
LAMBDAS_LINES = 300
_FED = ("relay", "inbox")  # that get records or messages by batches
_BY_BATCH = ("invocations", "publishes", "sqs_requests")
_NO_FUNCTIONS = ("gateway", "tables")
Totals = defaultdict[str, defaultdict[str, float]]  # by function; what was not counted is none


class NotMeasured(ValueError):
    """No order of so many lines was measured; the message names those that were."""


@dataclass(frozen=True)
class Traffic:
    """How many orders there are, and what comes with each on average."""

    orders_per_day: int
    lines: int = 3
    visits: float = 20  # whether they end in an order or not
    lists: float = 2  # of products, in a visit
    products: float = 3  # that are looked at, in a visit
    sign_ins: float = 1
    sign_ups: float = 0.1
    looks: float = 2  # at the order
    orders_per_user: float = 1  # in a month, of those who sign in
    months_kept: float = 12  # that orders have been kept for
    batch: float = 1  # orders whose events come together to a function

    @property
    def orders(self) -> int:
        """In a month."""
        return self.orders_per_day * DAYS


@dataclass(frozen=True)
class Running:
    """How the functions run: what the stage says of them, and what only AWS can tell."""

    memory: int = 512  # MB
    log_days: int = 30
    traced: bool = True
    cpu_ms: float = 1.5  # on a whole core, for an invocation and for each call that it makes
    wait_ms: float = 5  # for the answer to each call
    cold: float = 0.01  # share of the invocations that start a function anew
    cold_ms: float = 600


def usage(counts: Counts, traffic: Traffic, running: Running) -> Units:
    """Units of a month; raises NotMeasured."""
    totals = _month(counts, traffic)
    functions = {name: units for name, units in totals.items() if name not in _NO_FUNCTIONS}
    stored = totals["tables"]["stored_bytes"] * traffic.months_kept / GB
    users = traffic.orders / traffic.orders_per_user
    return {
        **_front(totals["gateway"], counts.standing),
        **_functions(functions, running),
        **_services(functions, counts.standing),
        "dynamodb.storage_gb": stored,
        "dynamodb.backup_gb": stored,
        f"cognito.{counts.standing.plan}_users": users,
        "kms.keys": counts.standing.keys,
        "secretsmanager.secrets": counts.standing.secrets,
        "cloudwatch.metrics": counts.standing.metrics,
        "cloudwatch.alarms": counts.standing.alarms,
        "cloudwatch.dashboards": counts.standing.dashboards,
        "xray.traces": _traces(totals, counts.standing) if running.traced else 0,
    }


def billed_ms(units: Units, running: Running) -> float:
    """What Lambda bills for an invocation on average: by whole milliseconds, and with its part of starts."""
    invocations = units["invocations"]
    calls, waited = (units.get(name, 0) / invocations for name in ("calls", "waited_ms"))
    slower = max(1, WHOLE_CORE / running.memory)
    worked = running.cpu_ms * (1 + calls) * slower + running.wait_ms * calls + waited
    return math.ceil(worked) + running.cold * running.cold_ms


def _acts(traffic: Traffic) -> Iterator[tuple[str, float]]:
    """What people do in a month, and how often."""
    if traffic.lines not in LINES:
        raise NotMeasured(f"orders were measured with {', '.join(map(str, LINES))} lines, not with {traffic.lines}")
    orders = traffic.orders
    yield f"order {traffic.lines}", orders
    yield f"look at an order {traffic.lines}", orders * traffic.looks
    yield "sign in", orders * traffic.sign_ins
    yield "sign up", orders * traffic.sign_ups
    yield "list products", orders * traffic.visits * traffic.lists
    yield "look at a product", orders * traffic.visits * traffic.products


def _month(counts: Counts, traffic: Traffic) -> Totals:
    """Everything that was counted, by function, times how often it is done."""
    totals: Totals = defaultdict(lambda: defaultdict(float))
    for act, times in (*_acts(traffic), *counts.standing.ticks.items()):
        for function, units in counts.acts[act].items():
            for unit, amount in units.items():
                by = traffic.batch if function.endswith(_FED) and unit in _BY_BATCH else 1
                totals[function][unit] += amount * times / by
    return totals


def _front(gateway: Units, standing: Standing) -> Units:
    """What comes in and goes out; API Gateway gives its bytes to a CDN for nothing."""
    requests, sent = gateway["requests"], gateway["bytes_out"] / GB
    if standing.distributions:
        return {"cloudfront.requests": requests, "cloudfront.gb_out": sent, "apigateway.requests": requests}
    return {"apigateway.requests": requests, "apigateway.gb_out": sent}


def _functions(functions: Mapping[str, Units], running: Running) -> Units:
    called = {name: units["invocations"] for name, units in functions.items() if units["invocations"]}
    seconds = sum(times * billed_ms(functions[name], running) / 1000 for name, times in called.items())
    logged = (_sum(functions, "log_bytes") + sum(called.values()) * LAMBDAS_LINES) / GB
    return {
        "lambda.requests": sum(called.values()),
        "lambda.gb_seconds": seconds * running.memory / 1024,
        "cloudwatch.log_gb": logged,
        "cloudwatch.log_storage_gb": logged * running.log_days / DAYS * COMPRESSED,
    }


def _services(functions: Mapping[str, Units], standing: Standing) -> Units:
    return {
        "dynamodb.write_units": _sum(functions, "write_units"),
        "dynamodb.read_units": _sum(functions, "read_units"),
        "sns.publishes": _sum(functions, "publishes"),
        "sqs.requests": _sum(functions, "sqs_requests") + standing.pollers * SECONDS / LONG_POLL,
        "kms.requests": _keys(functions, standing),
    }


def _keys(functions: Mapping[str, Units], standing: Standing) -> float:
    """At most: DynamoDB asks KMS once for each function while it remembers, SNS twice for each that publishes."""
    times = SECONDS / KEY_REUSED
    tables = sum(min(u["invocations"], times) for u in functions.values() if u["read_units"] or u["write_units"])
    topics = sum(2 * min(u["publishes"], times) for u in functions.values())
    return tables * standing.keyed_tables + topics * standing.keyed_topics


def _traces(totals: Totals, standing: Standing) -> float:
    """Of requests, and of each function that no request waits for: those have a sampling of their own."""
    alone = [name for name in totals if name.endswith(_FED) or name in standing.ticks]
    return sum(map(_sampled, [totals["gateway"]["requests"], *(totals[name]["invocations"] for name in alone)]))


def _sampled(begun: float) -> float:
    return min(begun, SECONDS) + max(0, begun - SECONDS) * SAMPLED


def _sum(functions: Mapping[str, Units], unit: str) -> float:
    return sum(units[unit] for units in functions.values())
