"""The list prices, from a file that says of which region and when they were good."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import Struct, ValidationError, convert, field

FILE = Path(__file__).parent / "prices.toml"
# What is billed: each has its price in the file, in a table for the service.
BILLED: Mapping[str, tuple[str, ...]] = {
    "cloudfront": ("requests", "gb_out"),
    "apigateway": ("requests", "gb_out"),
    "lambda": ("requests", "gb_seconds"),
    "dynamodb": ("write_units", "read_units", "storage_gb", "backup_gb"),
    "sns": ("publishes",),
    "sqs": ("requests",),
    "kms": ("requests", "keys"),
    "secretsmanager": ("secrets",),
    "cognito": ("lite_users", "essentials_users", "plus_users"),
    "cloudwatch": ("log_gb", "log_storage_gb", "metrics", "alarms", "dashboards"),
    "xray": ("traces",),
}


class PricesNotRead(ValueError):
    """The file lacks a price, or says something that is not understood; the message names the file and the key."""


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    start: float = field(name="from")
    price: float


class Price(Struct, frozen=True, forbid_unknown_fields=True):
    """Dollars for `per` units; from the start of a step on, its price for those beyond it."""

    price: float
    per: int = 1
    free: float = 0
    steps: tuple[Step, ...] = ()

    def of(self, units: float, *, free_tier: bool = False) -> float:
        """Dollars for so many units of a month."""
        billed_from = self.free if free_tier else 0
        starts = [Step(0, self.price), *self.steps]
        ends = [*(step.start for step in self.steps), math.inf]
        return sum(
            max(0, min(units, end) - max(step.start, billed_from)) * step.price / self.per
            for step, end in zip(starts, ends, strict=True)
        )


@dataclass(frozen=True)
class Prices:
    region: str
    valid: date
    of: Mapping[str, Price]  # "sqs.requests"


def load(path: Path = FILE) -> Prices:
    """Raises PricesNotRead."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PricesNotRead(f"{path}: {error}") from None
    region, valid = (_head(path, tables, key, kind) for key, kind in (("region", str), ("valid", date)))
    prices = {
        f"{service}.{what}": _price(path, tables, service, what) for service, all in BILLED.items() for what in all
    }
    return Prices(region, valid, prices)


def _head(path: Path, tables: Mapping[str, Any], key: str, kind: type) -> Any:
    if not isinstance(tables.get(key), kind):
        raise PricesNotRead(f"{path.name}: {key} is to be {'a date' if kind is date else 'a text'}")
    return tables[key]


def _price(path: Path, tables: Mapping[str, Any], service: str, what: str) -> Price:
    table = tables.get(service, {})
    if not isinstance(table, dict) or what not in table:
        raise PricesNotRead(f"{path.name}: [{service}]: {what} has no price")
    try:
        price = convert(table[what], Price)
    except ValidationError as error:
        raise PricesNotRead(f"{path.name}: [{service}]: {what}: {error}") from None
    if flaw := _flaw(price):
        raise PricesNotRead(f"{path.name}: [{service}]: {what}: {flaw}")
    return price


def _flaw(price: Price) -> str:
    amounts = [price.price, price.free, *(step.price for step in price.steps)]
    starts = [0, *(step.start for step in price.steps)]
    if not all(0 <= amount < math.inf for amount in amounts):
        return "no price is below 0, or without end"
    if price.per < 1:
        return "per is 1 or more"
    return "" if starts == sorted(set(starts)) else "the starts of steps rise"
