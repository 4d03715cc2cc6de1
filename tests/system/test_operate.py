"""The operators' commands as they are typed, against the running shop."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from infra.local.clients import Clients
from tests.infra.runner.calling import eventually
from tests.infra.runner.running import Stack
from tests.system.conftest import Client


@pytest.fixture(scope="module")
def told_all() -> Iterator[Client]:
    """A running shop that shows every line of its log; products gives up on an event after seconds, not minutes."""
    stack = Stack(None, "--empty", "--no-reload", "--verbose")
    try:
        with httpx.Client(base_url=stack.until_up().address("front door"), timeout=20) as http:
            sqs: Any = Clients(stack.address("cloud")).sqs
            sqs.set_queue_attributes(QueueUrl=queue(sqs, "products", "inbox"), Attributes={"VisibilityTimeout": "2"})
            yield Client(stack, http)
    finally:
        assert stack.end() == 0


def queue(sqs: Any, name: str, role: str) -> str:
    return str(sqs.get_queue_url(QueueName=f"emporium-local-{name}-{role}")["QueueUrl"])


def where(shop: Client) -> list[str]:
    return ["--stage", "local", "--cloud-url", shop.stack.address("cloud")]


def run(shop: Client, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.cli", *arguments, *where(shop)]
    return subprocess.run(command, capture_output=True, text=True, input=typed)


def test_an_event_that_failed_is_found_with_its_cause_redriven_and_its_order_healed(
    told_all: Client, tmp_path: Path
) -> None:
    shop, clients = told_all, Clients(told_all.stack.address("cloud"))
    ada, tea = shop.customer("ada"), shop.product("tea", 5)
    key: Any = {"TableName": "emporium-local-products", "Key": {"pk": {"S": "stock#tea"}}}
    stock: Any = clients.dynamodb.get_item(**key)["Item"]
    broken: Any = stock | {"available": {"S": "plenty"}}
    clients.dynamodb.put_item(TableName=key["TableName"], Item=broken)
    order = shop.order(ada, tea)
    url = queue(clients.sqs, "products", "inbox-dlq")
    eventually(lambda: depth(clients.sqs, url) == 1, 90)
    clients.dynamodb.put_item(TableName=key["TableName"], Item=stock)
    log = tmp_path / "log"
    log.write_text("\n".join(shop.stack.lines))
    listed = run(shop, "dlq", "list", "products", "--log", str(log))
    assert (listed.returncode, listed.stderr) == (0, "")
    line, cause, times, summary = listed.stdout.splitlines()
    id, kind, _, event = line.split()
    assert (kind, event.rsplit("/", 2)[0]) == ("unheard", f"order/{order}")
    assert cause.startswith("  cause: TransactionCanceledException: ")
    assert "attempts: 5" in times
    assert summary == "products at local: 1 dead letter (1 unheard)"
    assert f'"subject": "{order}"' in run(shop, "dlq", "show", "products", id).stdout
    redriven = run(shop, "dlq", "redrive", "products", "--id", id)
    assert (redriven.returncode, redriven.stderr) == (0, "")
    assert redriven.stdout == "products at local: 1 letter redriven\n"
    assert shop.outcome(order)["status"] == "confirmed"
    assert run(shop, "dlq", "list", "products").stdout == "products at local: 0 dead letters\n"
    log.write_text("\n".join(shop.stack.lines))
    traced = run(shop, "trace", order, "--log", str(log))
    assert (traced.returncode, traced.stderr) == (0, "")
    told = traced.stdout
    steps = ["tells OrderPlaced", ": not heard ", "tells StockReserved", "tells OrderConfirmed"]
    assert [told.find(step) for step in steps] == sorted(told.find(step) for step in steps)
    assert told.find(steps[0]) > 0


def test_a_redrive_that_is_interrupted_loses_nothing_and_goes_on(told_all: Client) -> None:
    sqs: Any = Clients(told_all.stack.address("cloud")).sqs
    letters = queue(sqs, "orders", "inbox-dlq")
    events = [f"test/{number}/1/0" for number in range(30)]
    for event in events:  # of a type that nobody listens to, which each inbox says of it
        sqs.send_message(QueueUrl=letters, MessageBody=json.dumps({"id": event, "type": "test"}))
    command = [sys.executable, "-m", "infra.cli", "dlq", "redrive", "orders", "--rate", "0.5", *where(told_all)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            eventually(lambda: depth(sqs, letters) == 20)  # the first ten; the next ones are due in twenty seconds
            process.send_signal(signal.SIGINT)
            _, told = process.communicate(timeout=30)
        finally:
            process.kill()
    assert (process.returncode, told) == (
        130,
        "emporium: interrupted: what was not done is as it was; run the command again to go on\n",
    )
    again = run(told_all, "dlq", "redrive", "orders", "--rate", "1000")
    assert again.stdout == "orders at local: 20 letters redriven\n"
    for event in events:
        told_all.stack.until_said(f'"event":"{event}"')


def depth(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    return sum(map(int, sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"].values()))


def test_a_letter_is_discarded_once_that_is_confirmed(told_all: Client) -> None:
    sqs = Clients(told_all.stack.address("cloud")).sqs
    sqs.send_message(QueueUrl=queue(sqs, "orders", "inbox-dlq"), MessageBody="nothing that anybody sent")
    assert run(told_all, "dlq", "redrive", "orders").returncode == 1
    [line, _] = run(told_all, "dlq", "discard", "orders", "--all", "--dry-run").stdout.splitlines()
    refused = run(told_all, "dlq", "discard", "orders", "--id", line.split()[0], typed="yes\n")
    assert refused.returncode == 2
    assert refused.stderr.endswith("emporium: that was not it: nothing was done\n")
    discarded = run(told_all, "dlq", "discard", "orders", "--id", line.split()[0], typed="orders\n")
    assert discarded.stdout.splitlines()[-1] == "orders at local: 1 letter discarded"
    again = run(told_all, "dlq", "discard", "orders", "--id", line.split()[0], "--yes")
    assert (again.returncode, len(again.stderr.splitlines())) == (2, 1)


def test_what_a_shop_has_is_told_again_and_replayed(told_all: Client) -> None:
    told_all.product("jam", 1)
    tried = run(told_all, "republish", "products", "--kind", "product", "--where", "sku=jam", "--dry-run")
    assert tried.stdout.splitlines()[0].split()[0] == "product/jam/1/0"
    assert tried.stdout.splitlines()[-1] == "products at local: 1 fact of 1 item would be told"
    told = run(told_all, "republish", "products", "--where", "sku=jam", "--kind", "product")
    assert (told.returncode, told.stdout) == (0, "products at local: 1 fact of 1 item told\n")
    replayed = run(told_all, "replay", "products", "--from", "1h", "--kind", "product")
    assert replayed.returncode == 0
    assert replayed.stdout.startswith("products at local: ")


def test_after_a_restore_all_agree_and_what_is_lost_is_named(told_all: Client) -> None:
    shop = Clients(told_all.stack.address("cloud"))
    told_all.product("rusk", 1)
    lost = {"pk": {"S": "product#rusk"}}
    eventually(lambda: shop.dynamodb.get_item(TableName="emporium-local-orders", Key=lost).get("Item") is not None, 30)
    shop.dynamodb.delete_item(TableName="emporium-local-products", Key=lost)
    named = "lost: product rusk was added since, and is there again: archived, its stock to be counted"
    refused = run(told_all, "restored", "products", typed="no\n")
    assert (refused.returncode, refused.stdout) == (2, "")
    for option in ("--dry-run", "--yes"):
        done = run(told_all, "restored", "products", option, "--rate=1000")
        assert (done.returncode, named in done.stdout.splitlines()) == (0, True)
        assert done.stdout.splitlines()[-1].startswith("products at local")
    again = run(told_all, "restored", "products", "--rate=1000", typed="products\n")
    assert (again.returncode, named in again.stdout) == (0, False)


def test_a_doctor_says_by_its_status_whether_all_is_well(told_all: Client) -> None:
    sound = run(told_all, "doctor")
    assert (sound.stdout, sound.returncode) == ("local: nothing is wrong\n", 0)
    sqs = Clients(told_all.stack.address("cloud")).sqs
    sqs.send_message(QueueUrl=queue(sqs, "orders", "relay-dlq"), MessageBody="nothing that anybody sent")
    ill = run(told_all, "doctor")
    assert ill.returncode == 1
    assert ill.stdout == (
        "orders: 1 dead letter in relay-dlq; emporium dlq list orders (docs/operations.md#relay-dlq)\n"
        "local: 1 thing is wrong\n"
    )
    assert run(told_all, "dlq", "discard", "orders", "--all", "--yes").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (["doctor"], ["the dead letters of customers", "the orders that wait", "200 of each kind of copy"]),
        (["dlq", "list", "orders"], ["0 letters of emporium-local-orders-inbox-dlq"]),
        (["dlq", "show", "orders", "any"], ["0 letters of emporium-local-orders-relay-dlq"]),
        (["trace", "any"], ["reservation#any of emporium-local-products, and all of its stream"]),
    ],
)
def test_what_only_looks_tells_where_it_would_look(told_all: Client, arguments: list[str], lines: list[str]) -> None:
    told = run(told_all, *arguments, "--dry-run")
    assert (told.returncode, told.stderr) == (0, "")
    assert {f"would look at {line}" for line in lines} <= set(told.stdout.splitlines())


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["replay", "products", "--from", "yesterday"], "--from"),
        (["replay", "products", "--from", "2026-03-01T12:00"], "UTC"),
        (["republish", "products", "--where", "sku"], "--where"),
        (["republish", "unicorns"], "CAPABILITY"),
        (["restored", "unicorns"], "CAPABILITY"),
        (["restored", "products", "--rate", "0"], "--rate"),
        (["dlq", "discard", "products"], "--id"),
        (["dlq", "list", "products", "--log", "/nowhere"], "--log"),
        (["dlq", "list", "customers", "--queue", "inbox"], "customers"),
        (["dlq", "show", "products", "no-such-letter"], "dlq list"),
        (["trace", "no-such-order"], "no-such-order"),
    ],
)
def test_what_can_not_be_begun_is_said_plainly(told_all: Client, arguments: list[str], named: str) -> None:
    done = run(told_all, *arguments)
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        (["local", "--cloud-url", "http://127.0.0.1:9"], "no local cloud answers at http://127.0.0.1:9"),
        (["local", "--cloud-url", "moto"], "--cloud-url: 'moto' is no http:// or https:// address"),
        (["nowhere"], "--stage: 'nowhere' is none of the stages"),
    ],
)
def test_a_stage_that_can_not_be_reached_is_said_plainly(stage: list[str], line: str) -> None:
    command = [sys.executable, "-m", "infra.cli", "dlq", "list", "orders", "--stage", *stage]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    [told] = done.stderr.splitlines()
    assert told.startswith(f"emporium: {line}")
