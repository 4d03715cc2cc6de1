"""What happened to an order is told in its order, and nothing that happened to another."""

from datetime import timedelta
from pathlib import Path

import pytest

from chassis import clock
from infra.operate import trace
from infra.operate.lines import in_file
from infra.operate.place import Place
from tests.operate import troubles
from tests.shop import Shop


@pytest.fixture
def log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    return tmp_path / "log"


def order_and_end(shop: Shop, ada: str) -> str:
    """An order that asked once more, beside another, was confirmed, and then cancelled."""
    order, _ = troubles.order(shop, ada), troubles.order(shop, ada, "mug")
    shop.records("orders")  # lost
    now = clock.now()
    clock.use(lambda: now + timedelta(minutes=2))
    shop.tick()
    shop.settle()
    shop.call("POST", f"/orders/{order}/cancel", by=f"customer:{ada}")
    shop.settle()
    return order


def test_each_version_that_was_saved_is_told_with_what_it_tells(shop: Shop, place: Place, ada: str) -> None:
    order = order_and_end(shop, ada)
    steps = trace.happened(place, order, None)
    assert [step.what for step in steps if step.capability == "orders"] == [
        "saved order version 1: placed; tells OrderPlaced",
        "saved order version 2: placed, asked 1 times; tells OrderPlaced",
        "saved order version 3: confirmed, asked 1 times; tells OrderConfirmed",
        "saved order version 4: cancelled (by_customer); tells OrderCancelled",
        "saved order version 5: cancelled (by_customer); tells nothing",
    ]
    assert [step.what for step in steps if step.capability == "products"] == [
        "saved reservation version 1: reserved; tells StockReserved",
        "saved reservation version 2: released; tells StockReleased",
    ]


def test_the_logs_tell_of_each_function_that_had_to_do_with_it_and_of_no_other_order(
    shop: Shop, place: Place, ada: str, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    order = order_and_end(shop, ada)
    log.write_text(capsys.readouterr().out)
    told = [step.what for step in trace.happened(place, order, in_file(log))]
    assert sum("answered method=POST route=/orders status=202" in each for each in told) == 1
    assert any("answered method=POST route=/orders/{order_id}/cancel status=200" in each for each in told)
    heard = [each for each in told if ": heard event=" in each]
    assert [each.rsplit(".", 2)[1] for each in heard] == [
        "OrderPlaced",
        "StockReserved",
        "OrderCancelled",
        "StockReleased",
    ]
    events = [each.split("event=")[1].split()[0] for each in told if "event=" in each]
    assert {event.split("/")[1] for event in events} == {order}


def test_how_it_stands_is_said_in_a_sentence(shop: Shop, place: Place, ada: str) -> None:
    order = troubles.order(shop, ada)
    assert trace.standing(trace.now_kept(place, order)).startswith(
        "order placed, version 1; waits for an answer, asks again at "
    )
    shop.settle()
    told = trace.standing(trace.now_kept(place, order))
    assert told == "order confirmed, version 2; reservation reserved, version 1"


def test_of_an_order_that_never_was_there_is_nothing(shop: Shop, place: Place) -> None:
    assert trace.now_kept(place, "no-such-order") == {}
