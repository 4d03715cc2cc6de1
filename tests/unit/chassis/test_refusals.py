"""A no, and how it is shown."""

import json

import pytest

from chassis import http
from chassis.conditions import VersionIsOld
from chassis.parsing import NotJson
from chassis.refusals import Conflict, Flaw, Refusal, TooMany, Unauthenticated

REQUEST = "00000000-0000-4000-8000-000000000000"


class QuantityNotPositive(Conflict): ...


class NotYetACustomer(Conflict): ...


def test_a_refusal_is_titled_by_its_name() -> None:
    assert QuantityNotPositive.title() == "Quantity not positive"
    assert NotYetACustomer.title() == "Not yet a customer"
    assert NotJson.title() == "Not json"


def test_a_refusal_is_shown_as_a_problem() -> None:
    flaws = (
        Flaw("#/a", "is too small"),
        Flaw("limit", "is too large", "parameter"),
        Flaw("If-Match", "is old", "header"),
    )
    shown = http.refused(QuantityNotPositive("No.", *flaws), REQUEST)
    assert shown.headers["Content-Type"] == "application/problem+json"
    assert json.loads(shown.body) == {
        "type": "urn:emporium:problem:quantity-not-positive",
        "title": "Quantity not positive",
        "status": 409,
        "detail": "No.",
        "instance": f"urn:uuid:{REQUEST}",
        "errors": [
            {"pointer": "#/a", "detail": "is too small"},
            {"parameter": "limit", "detail": "is too large"},
            {"header": "If-Match", "detail": "is old"},
        ],
    }


@pytest.mark.parametrize("kind", Refusal.__subclasses__())
def test_every_kind_of_refusal_has_a_status(kind: type[Refusal]) -> None:
    refusal = kind("No.", retry_after=7) if kind is TooMany else kind("No.")
    assert 400 <= http.refused(refusal, REQUEST).status_code < 600


def test_whoever_asks_too_often_is_told_when_to_ask_again() -> None:
    assert http.refused(TooMany("No.", retry_after=7), REQUEST).headers["Retry-After"] == "7"


def test_whoever_is_not_known_is_told_how_to_be() -> None:
    assert "Bearer" in http.refused(Unauthenticated("No."), REQUEST).headers["WWW-Authenticate"]


def test_a_rule_is_answered_as_its_kind() -> None:
    assert http.refused(VersionIsOld("Old."), REQUEST).status_code == 412


def test_our_own_fault_tells_nothing_but_where_to_look() -> None:
    shown = json.loads(http.broken(REQUEST).body)
    assert (shown["status"], shown["instance"]) == (500, f"urn:uuid:{REQUEST}")
