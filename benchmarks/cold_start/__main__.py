"""Starts every variant in turns, and prints what they took: `python -m benchmarks.cold_start`."""

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.cold_start.cloud import answering
from benchmarks.cold_start.starts import Lambda, Start
from benchmarks.cold_start.variants import ALL, PLAIN, TWIN, Variant, make
from chassis import items
from infra.apps_in_process import load_apps
from infra.deploy.package.archive import MB, write
from infra.deploy.package.steps import bytecode
from infra.local.proxy import event_of
from infra.local.routes import Match
from infra.local.web.messages import Request
from tests.runtime.function import install_client

WANTED = {PLAIN: 0.4, TWIN: 0.6}


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks.cold_start", description=__doc__)
    options.add_argument("--runs", type=int, default=15, help="starts of each variant, in turns (15)")
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        item = an_item()
        with answering(item, work) as endpoint:
            variants = make(work, (work / "cert.pem").read_text())
            report(variants, machine(work, endpoint, item), runs, work)


def an_item() -> dict[str, Any]:
    """An order as it stands in the table."""
    load_apps()  # which lets the capabilities' modules be imported
    from chalicelib.orders.store import orders
    from tests.builders import an_order

    return items.write_item(orders.saving(an_order()).item())


def machine(work: Path, endpoint: str, item: dict[str, Any]) -> Lambda:
    client = install_client(work / "client")
    bytecode.apply(client)
    id = item["id"]["S"]
    found = Match("/orders/{order_id}", {"order_id": id})
    event = event_of(Request("GET", f"/orders/{id}"), found, stage="api", request_id=id, binary=[])
    event["requestContext"]["authorizer"] = {"kind": "staff", "subject": id, "expires": str(int(time.time()) + 86400)}
    told = {"AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled", "AWS_ENDPOINT_URL_DYNAMODB": endpoint}
    told |= {"ORDERS_TABLE": "orders", "POWERTOOLS_SERVICE_NAME": "orders", "POWERTOOLS_METRICS_NAMESPACE": "orders"}
    return Lambda(client, told, event)


def report(variants: list[Variant], machine: Lambda, runs: int, work: Path) -> None:
    for variant in variants:
        machine.start(variant)  # so that what follows finds every file in memory
    starts: dict[str, list[Start]] = {variant.name: [] for variant in variants}
    for run in range(runs):
        print(f"\rrun {run + 1} of {runs}", end="", file=sys.stderr)
        first = run % len(variants)  # each run another: what came just before makes a difference
        for variant in variants[first:] + variants[:first]:
            starts[variant.name].append(machine.start(variant))
    print(file=sys.stderr)
    counted = {each.name: machine.instructions(each, work) for each in variants} if shutil.which("valgrind") else {}
    print("| init + first request | median | quarter to quarter | the request | processor | instructions | zip |")
    print("|---|---|---|---|---|---|---|")
    for variant in variants:
        print(_row(variant, starts[variant.name], counted.get(variant.name), work))
    for other, wanted in WANTED.items():
        print(_ratio(other, wanted, starts, counted))


def _row(variant: Variant, starts: list[Start], instructions: float | None, work: Path) -> str:
    lower, middle, upper = statistics.quantiles([each.whole for each in starts], n=4)
    request, processor = (
        statistics.median(getattr(each, name) for each in starts) for name in ("request", "processor")
    )
    counted = f"{instructions:,.0f} M" if instructions else ""
    cells = [variant.name, f"{middle:.0f} ms", f"{lower:.0f} - {upper:.0f}", f"{request:.0f} ms", f"{processor:.0f} ms"]
    return f"| {' | '.join([*cells, counted, _size(variant, work)])} |"


def _size(variant: Variant, work: Path) -> str:
    zipped = work / "size.zip"
    zipped.unlink(missing_ok=True)
    write(variant.code, zipped)
    return f"{zipped.stat().st_size / MB:.2f} MB"


def _ratio(other: str, wanted: float, starts: dict[str, list[Start]], counted: dict[str, float]) -> str:
    whole, processor = (
        statistics.median(getattr(each, name) for each in starts[ALL])
        / statistics.median(getattr(each, name) for each in starts[other])
        for name in ("whole", "processor")
    )
    told = f"{whole:.2f}x on the wall, {processor:.2f}x of processor time"
    told += f", {counted[ALL] / counted[other]:.2f}x of instructions" if counted else ""
    return f"{ALL} / {other}: {told} (wanted: {wanted}x at most)"


if __name__ == "__main__":
    main()
