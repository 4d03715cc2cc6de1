"""Events that nobody heard: they are found with their cause, and heard once what was wrong is mended."""

import json
import signal
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from chassis import clock
from infra.operate.letters import letter
from infra.operate.lines import in_file
from infra.operate.listing import described
from infra.operate.pace import Pace
from infra.operate.place import Place
from infra.operate.redrive import redrive
from tests.builders import NOON
from tests.operate import troubles
from tests.shop import Shop


@pytest.fixture
def unheard(capsys: pytest.CaptureFixture[str], shop: Shop, ada: str) -> list[str]:
    """Three orders of which products could not hear, since a stock is broken; it is mended by now."""
    mend = troubles.break_stock(shop)
    orders = [troubles.order(shop, ada) for _ in range(3)]
    troubles.relay(shop, "orders")
    troubles.deliver_in_vain(shop, "products")
    mend()
    return orders


def test_an_event_that_was_not_heard_is_listed_with_its_cause_its_attempts_and_its_age(
    place: Place, unheard: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("".join(f"products  {line}\n" for line in capsys.readouterr().out.splitlines()))
    found = troubles.letters(place, "products", "inbox")
    lines = in_file(log)([each.id for each in found])
    told = [described(each, lines) for each in found]
    assert sorted(first.split("  ", 1)[1] for first, *_ in told) == sorted(
        f"unheard  emporium.orders.OrderPlaced.v1 order/{order}/1/0" for order in unheard
    )
    for _, cause, times in told:
        assert cause.startswith("  cause: TransactionCanceledException: ")
        assert "  attempts: 5  age: " in times
        assert times.startswith(f"  failed first: {clock.stamp(clock.now())[:10]}")


def test_without_logs_what_the_queue_knows_is_told(place: Place, unheard: list[str]) -> None:
    [first, *_] = troubles.letters(place, "products", "inbox")
    _, cause, times = described(first, [])
    assert cause == "  cause: not known here: the logs tell it"
    assert "attempts: 5 before this look" in times


def test_whoever_looks_puts_the_letters_back(place: Place, unheard: list[str]) -> None:
    first, second = (troubles.letters(place, "products", "inbox") for _ in range(2))
    assert {each.id for each in first} == {each.id for each in second}
    assert len(first) == 3


class Interrupted:
    """A queue service whose answer comes together with Ctrl-C."""

    def __init__(self, sqs: Any) -> None:
        self._sqs = sqs

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sqs, name)

    def receive_message(self, **asked: Any) -> Any:
        answer = self._sqs.receive_message(**asked)
        signal.raise_signal(signal.SIGINT)
        return answer


def test_letters_that_come_together_with_ctrl_c_are_put_back(place: Place, unheard: list[str]) -> None:
    sqs: Any = Interrupted(place.sqs)
    with pytest.raises(KeyboardInterrupt):
        troubles.letters(replace(place, sqs=sqs), "products", "inbox")
    assert len(troubles.letters(place, "products", "inbox")) == 3


def test_a_redriven_event_heals_its_order(shop: Shop, place: Place, unheard: list[str]) -> None:
    outcomes = troubles.redriven(place, "products", "inbox")
    assert [each.healed for each in outcomes] == [True] * 3
    assert troubles.letters(place, "products", "inbox") == []
    shop.settle()
    assert [troubles.status(shop, order) for order in unheard] == ["confirmed"] * 3


def test_a_redrive_that_is_only_tried_changes_nothing(shop: Shop, place: Place, unheard: list[str]) -> None:
    assert len(troubles.redriven(place, "products", "inbox", dry_run=True)) == 3
    assert len(troubles.letters(place, "products", "inbox")) == 3
    assert shop.messages("products") == []


def test_what_is_redriven_goes_with_its_attributes(shop: Shop, place: Place) -> None:
    attributes: Any = {"type": {"DataType": "String", "StringValue": "t"}}
    dlq = troubles.url_of(shop, "orders", "inbox-dlq")
    shop.clients.sqs.send_message(QueueUrl=dlq, MessageBody='{"id": "i", "type": "t"}', MessageAttributes=attributes)
    troubles.redriven(place, "orders", "inbox")
    inbox = troubles.url_of(shop, "orders", "inbox")
    [got] = shop.clients.sqs.receive_message(QueueUrl=inbox, MessageAttributeNames=["All"])["Messages"]
    assert got["MessageAttributes"]["type"]["StringValue"] == "t"


def test_what_is_no_event_stays_and_holds_up_no_other(shop: Shop, place: Place, unheard: list[str]) -> None:
    dlq = troubles.url_of(shop, "products", "inbox-dlq")
    shop.clients.sqs.send_message(QueueUrl=dlq, MessageBody="not an event")
    outcomes = troubles.redriven(place, "products", "inbox")
    assert sorted(each.healed for each in outcomes) == [False, True, True, True]
    [left] = troubles.letters(place, "products", "inbox")
    assert (left.body, left.kind) == ("not an event", "strange")


class Killed:
    """SQS, for somebody who presses Ctrl-C in the middle of its nth call of that name, before or after it is done."""

    def __init__(self, real: Any, call: str, done: bool) -> None:
        self.real, self.call, self.done = real, call, done

    def __getattr__(self, name: str) -> Any:
        return self._killed if name == self.call else getattr(self.real, name)

    def _killed(self, **asked: Any) -> Any:
        if self.done:
            getattr(self.real, self.call)(**asked)
        raise KeyboardInterrupt


@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize("call", ["send_message_batch", "delete_message_batch"])
def test_killed_in_the_middle_of_a_redrive_nothing_is_lost(
    shop: Shop, place: Place, unheard: list[str], call: str, done: bool
) -> None:
    sqs: Any = Killed(place.sqs, call, done)
    killed = replace(place, sqs=sqs)
    with pytest.raises(KeyboardInterrupt):
        troubles.redriven(killed, "products", "inbox")
    troubles.redriven(place, "products", "inbox")
    shop.settle()
    assert [troubles.status(shop, order) for order in unheard] == ["confirmed"] * 3
    assert troubles.letters(place, "products", "inbox") == []


def test_a_letter_that_sqs_does_not_take_stays(shop: Shop, place: Place, unheard: list[str]) -> None:
    sqs: Any = troubles.Refusing(place.sqs, takes=1)
    outcomes = troubles.redriven(replace(place, sqs=sqs), "products", "inbox")
    assert sorted((each.healed, each.note) for each in outcomes) == [
        (False, "stays: InternalError"),
        (False, "stays: InternalError"),
        (True, "to the inbox"),
    ]
    assert len(shop.messages("products")) == 1
    assert troubles.the_box(place, "products", "inbox").depth() == 2


class Gone:
    """SQS, out of reach from its nth call of that name on."""

    def __init__(self, real: Any, call: str) -> None:
        self.real, self.call, self.gone = real, call, False

    def __getattr__(self, name: str) -> Any:
        return self._unreachable if self.gone or name == self.call else getattr(self.real, name)

    def _unreachable(self, **asked: Any) -> Any:
        self.gone = True
        raise EndpointConnectionError(endpoint_url=f"http://gone/{self.call}")


def test_what_went_wrong_first_is_what_is_told(shop: Shop, place: Place, unheard: list[str]) -> None:
    sqs: Any = Gone(place.sqs, "send_message_batch")
    with pytest.raises(EndpointConnectionError, match="send_message_batch"):
        troubles.redriven(replace(place, sqs=sqs), "products", "inbox")
    assert troubles.the_box(place, "products", "inbox").depth() == 3


class Hand:
    """A clock that goes on when somebody sleeps, and not before."""

    def __init__(self) -> None:
        self.at, self.slept = NOON, 0.0
        clock.use(lambda: self.at, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += timedelta(seconds=seconds)


def test_a_redrive_goes_at_the_rate_that_was_asked_for_whatever_the_depth(shop: Shop, place: Place) -> None:
    dlq = troubles.url_of(shop, "orders", "inbox-dlq")
    for number in range(45):
        event = json.dumps({"id": f"product/{number}/1/0", "type": "t"})
        shop.clients.sqs.send_message(QueueUrl=dlq, MessageBody=event)
    hand = Hand()
    assert len(troubles.redriven(place, "orders", "inbox", rate=10)) == 45
    assert hand.slept == pytest.approx(4)  # ten at once, five times
    assert len(shop.messages("orders")) == 45


def test_no_more_letters_are_taken_than_were_asked_for(shop: Shop, place: Place, unheard: list[str]) -> None:
    with troubles.the_box(place, "products", "inbox") as box:
        assert len(list(redrive(box, "products", box.take(2), Pace(1000)))) == 2
    assert len(troubles.letters(place, "products", "inbox")) == 1


def test_a_letter_that_was_never_handed_out_failed_when_it_was_written() -> None:
    sent = str(int(NOON.timestamp() * 1000))
    message = {
        "MessageId": "m",
        "ReceiptHandle": "h",
        "Body": '{"id": "i", "type": "t"}',
        "Attributes": {"SentTimestamp": sent, "ApproximateReceiveCount": "1"},
    }
    clock.use(lambda: NOON + timedelta(hours=27))
    *_, times = described(letter("inbox", message), [])
    assert times.startswith("  failed first: 2026-03-01T12:00:00.000Z")
    assert times.endswith("attempts: 0 before this look  age: 1 d 3 h")
