"""A month's bill: units times prices, what of it is there without any order, and how it reads. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from infra.cost.counts import Counts
from infra.cost.prices import Prices
from infra.cost.usage import Running, Traffic, usage

SERVICES = {
    "cloudfront": "CloudFront",
    "apigateway": "API Gateway",
    "lambda": "Lambda",
    "dynamodb": "DynamoDB",
    "sns": "SNS",
    "sqs": "SQS",
    "kms": "KMS",
    "secretsmanager": "Secrets",
    "cognito": "Cognito",
    "cloudwatch": "CloudWatch",
    "xray": "X-Ray",
}
WHAT = {
    "requests": "requests",
    "gb_out": "GB to the internet",
    "gb_seconds": "GB-seconds",
    "write_units": "write request units",
    "read_units": "read request units",
    "storage_gb": "GB kept",
    "backup_gb": "GB kept to be restored",
    "publishes": "publishes",
    "keys": "keys of one's own",
    "secrets": "secrets",
    "lite_users": "active users (Lite)",
    "essentials_users": "active users (Essentials)",
    "plus_users": "active users (Plus)",
    "log_gb": "GB of logs",
    "log_storage_gb": "GB of logs kept",
    "metrics": "metrics",
    "alarms": "metrics that ring alarms",
    "dashboards": "dashboards",
    "traces": "traces",
}


@dataclass(frozen=True)
class Line:
    """What is billed by one price: dollars of a month, and what of them is there without any order."""

    name: str  # "sqs.requests"
    units: float
    price: float
    per: int
    sum: float
    fixed: float


@dataclass(frozen=True)
class Bill:
    """Dollars of a month."""

    lines: Sequence[Line]
    orders: int

    @property
    def total(self) -> float:
        return sum(line.sum for line in self.lines)

    @property
    def fixed(self) -> float:
        return sum(line.fixed for line in self.lines)

    @property
    def per_order(self) -> float:
        return self.total / self.orders


def bill(counts: Counts, traffic: Traffic, running: Running, prices: Prices, *, free_tier: bool = False) -> Bill:
    """Raises NotMeasured."""
    units = usage(counts, traffic, running)
    idle = usage(counts, replace(traffic, orders_per_day=0), running)
    lines = [
        Line(
            name,
            units[name],
            price.price,
            price.per,
            price.of(units[name], free_tier=free_tier),
            price.of(idle[name], free_tier=free_tier),
        )
        for name, price in prices.of.items()
        if units.get(name)
    ]
    return Bill(lines, traffic.orders)


def table(bill: Bill) -> Iterator[str]:
    """The bill as lines of text: a price a line, then what all of it is."""
    yield f"{'':<12}{'':<28}{'units':>16}{'price':>16}{'USD':>12}"
    last = ""
    for line in bill.lines:
        service, what = line.name.split(".")
        named = SERVICES[service] if service != last else ""
        price = f"{line.price:.10f}".rstrip("0").rstrip(".") + (f" / {_short(line.per)}" if line.per > 1 else "")
        yield f"{named:<12}{WHAT[what]:<28}{_amount(line.units):>16}{price:>16}{line.sum:>12,.2f}"
        last = service
    yield f"{'a month':<72}{bill.total:>12,.2f}"
    share = bill.fixed / bill.total if bill.total else 0
    yield f"{f'of it without any order ({share:.1%})':<72}{bill.fixed:>12,.2f}"
    yield f"{'an order':<72}{bill.per_order:>12,.6f}"


def _short(number: int) -> str:
    return {1_000: "1k", 10_000: "10k", 1_000_000: "1M"}.get(number, f"{number:,}")


def _amount(units: float) -> str:
    return f"{units:,.0f}" if units >= 100 else f"{units:,.3g}"
