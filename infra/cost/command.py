"""The command `emporium cost`: what so many orders a day cost on AWS."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from infra.cost.bill import Bill
    from infra.cost.prices import Prices
    from infra.cost.usage import Running, Traffic


_MOST = 1e9


class _Number(click.FloatRange):
    """A finite number from `min` on, small enough that its product with others is finite too."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number) or number > _MOST:
            self.fail(f"{value} is no number to reckon with", param, ctx)
        return number


_COUNT = _Number(min=0)


@click.command()
@click.option("--orders-per-day", type=click.IntRange(1, 1_000_000_000), required=True, metavar="N")
@click.option("--lines", type=int, default=3, show_default=True, help="Of each order: 1, 3, 10, 40 or 99.")
@click.option("--stage", default="prod", show_default=True, help="Whose memory, log retention and tracing count.")
@click.option("--visits-per-order", "visits", type=_COUNT, default=20, show_default=True, help="All, not its own only.")
@click.option("--lists-per-visit", "lists", type=_COUNT, default=2, show_default=True, help="Of 20 products each.")
@click.option("--products-per-visit", "products", type=_COUNT, default=3, show_default=True, help="Looked at.")
@click.option("--looks-per-order", "looks", type=_COUNT, default=2, show_default=True, help="At what became of it.")
@click.option("--sign-ins-per-order", "sign_ins", type=_COUNT, default=1, show_default=True)
@click.option("--sign-ups-per-order", "sign_ups", type=_COUNT, default=0.1, show_default=True)
@click.option("--orders-per-user", type=_Number(1e-9), default=1, show_default=True, help="In a month, of Cognito.")
@click.option("--months-kept", type=_COUNT, default=12, show_default=True, help="Of orders that are kept already.")
@click.option("--batch", type=_Number(1), default=1, show_default=True, help="Orders whose events come together.")
@click.option("--cpu-ms", type=_COUNT, default=1.5, show_default=True, help="On a core, for an invocation and a call.")
@click.option("--wait-ms", type=_COUNT, default=5, show_default=True, help="For the answer to a call.")
@click.option(
    "--cold", type=_Number(0, 1), default=0.01, show_default=True, help="Share of invocations that start anew."
)
@click.option("--cold-ms", type=_COUNT, default=600, show_default=True, help="That such a start takes.")
@click.option("--prices", type=click.Path(path_type=Path), help="File of prices, as infra/cost/prices.toml.")
@click.option("--free-tier", is_flag=True, help="Take off what AWS gives for nothing for good.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cost(
    orders_per_day: int, lines: int, stage: str, prices: Path | None, free_tier: bool, as_json: bool, **given: float
) -> None:
    """Reckons a month's bill of AWS: counted operations of the code, times traffic, times list prices.

    The counts are infra/cost/counts.json; what is assumed, and what is left out, says docs/cost.md.
    """
    from infra.cost import counts
    from infra.cost.bill import bill
    from infra.cost.prices import FILE, PricesNotRead, load
    from infra.cost.usage import NotMeasured
    from infra.deploy.stages import StageNotKnown, StagesNotRead

    try:
        traffic, running = _traffic(orders_per_day, lines, given), _running(stage, given)
        listed = load(prices or FILE)
        reckoned = bill(counts.load(), traffic, running, listed, free_tier=free_tier)
    except (NotMeasured, PricesNotRead, StageNotKnown, StagesNotRead) as error:
        click.echo(f"emporium cost: {error}", err=True)
        sys.exit(2)
    if as_json:
        click.echo(_json(reckoned, traffic, running, listed))
    else:
        _print(reckoned, traffic, stage, listed)


def _traffic(orders_per_day: int, lines: int, given: dict[str, float]) -> "Traffic":
    from infra.cost.usage import Traffic

    return Traffic(orders_per_day, lines, **_of(Traffic, given))


def _running(stage: str, given: dict[str, float]) -> "Running":
    from infra.cost.usage import Running
    from infra.deploy.stages import deployable

    found = deployable(stage)
    traced = found.tracing == "Active"
    return Running(memory=found.memory, log_days=found.log_days, traced=traced, **_of(Running, given))


def _of(kind: Any, given: dict[str, float]) -> dict[str, Any]:
    """Those options that are fields of the kind."""
    return {name: value for name, value in given.items() if name in kind.__dataclass_fields__}


def _print(reckoned: "Bill", traffic: "Traffic", stage: str, prices: "Prices") -> None:
    from infra.cost.bill import table

    orders, lines = f"{traffic.orders_per_day:,} orders a day", f"{traffic.lines} line{'s' * (traffic.lines > 1)}"
    click.echo(
        f"{orders} of {lines}, stage {stage}, {prices.region}, list prices of {prices.valid}, a month of 30 days"
    )
    for line in table(reckoned):
        click.echo(line)


def _json(reckoned: "Bill", traffic: "Traffic", running: "Running", prices: "Prices") -> str:
    import json
    from dataclasses import asdict

    told = {
        "region": prices.region,
        "valid": prices.valid.isoformat(),
        "traffic": asdict(traffic),
        "running": asdict(running),
        "orders": reckoned.orders,
        "lines": [asdict(line) for line in reckoned.lines],
        "total": reckoned.total,
        "fixed": reckoned.fixed,
        "per_order": reckoned.per_order,
    }
    return json.dumps(told, indent=2)
