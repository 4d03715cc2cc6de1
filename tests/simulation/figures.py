"""Prints what failing calls and a burst cost: `.venv/bin/python -m tests.simulation.figures`."""

from collections import Counter
from math import inf

import click

from tests.simulation.part import SHOWN, open_capabilities

HOUR = 3600.0
BURSTS = {
    "a burst": {},
    "products hears nothing for 3 hours": {"off": 3 * HOUR},
    "orders give up after half an hour": {"deadline": HOUR / 2},
}


@click.command()
@click.option("--orders", type=click.IntRange(1), default=300, help="That meet failing calls.")
@click.option("--seed", type=click.IntRange(0), default=0, help="The same seed gives the same figures.")
@click.option("--usual", type=click.FloatRange(1), default=400.0, help="Seconds between two orders, but for a burst.")
def main(orders: int, seed: int, usual: float) -> None:
    """One table of attempts, and one of waits."""
    open_capabilities()
    say_attempts(orders, seed)
    say_waits(usual)


def say_attempts(orders: int, seed: int) -> None:
    from tests.simulation.retries import by_chance, for_ten_minutes, in_brown_outs, measure

    click.echo("| calls fail | attempts an order | times the ideal | the last order ended after | functions ended |")
    cases = [(by_chance, 0.0), (by_chance, 0.01), (by_chance, 0.1), (by_chance, 0.5)]
    cases += [(in_brown_outs, 0.1), (in_brown_outs, 0.5), (for_ten_minutes, 1.0)]
    ideal = 0.0
    for how, rate in cases:
        got = measure(how(rate, seed), seed, orders)
        ideal = ideal or got.each
        name = f"{rate:.0%} {how.__name__.replace('_', ' ')}"
        figures = f"{got.each:.1f} | {got.each / ideal:.2f} | {got.seconds:.0f} s | {got.ended.total()}"
        click.echo(f"| {name} | {figures} |")
        _say_broken(got.violations)


def say_waits(usual: float) -> None:
    from tests.simulation.backlog import at, run_burst

    click.echo("| | orders | waited: burst p50, p99 | fresh p50, p99 | drained after | messages an order | in vain |")
    for name, case in BURSTS.items():
        seen = run_burst(**case, usual=usual)
        began, over = seen.burst
        waits = seen.waits(began, over), seen.waits(over, inf)
        waited = " | ".join(f"{at(each, 0.5):.0f} s, {at(each, 0.99):.0f} s" for each in waits)
        ends = ", ".join(f"{times} {end}" for end, times in Counter(seen.ends.values()).items())
        click.echo(f"| {name} | {ends} | {waited} | {seen.drained:.0f} s | {seen.each:.2f} | {seen.in_vain} |")
        _say_broken(seen.violations)


def _say_broken(rules: tuple[str, ...]) -> None:
    for rule in rules:
        click.echo(f"broken: {rule[:SHOWN]}")


if __name__ == "__main__":
    main()
