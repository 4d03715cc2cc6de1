"""Who a caller is by what the authorizer handed on, and what such a one may."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis import auth, clock
from chassis.auth import Caller, Identity, NotForYou, NotSignedIn
from chassis.refusals import Unavailable

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ENDS = NOW + timedelta(minutes=15)


@pytest.fixture(autouse=True)
def _noon() -> None:
    clock.use(lambda: NOW)


def handed_on(kind: Any = "customer", id: str = "ada", **changes: Any) -> dict[str, Any]:
    """What the function finds as its authorizer's context, as API Gateway writes it."""
    return auth.as_context(Identity(Caller(kind, id), NOW, ENDS)) | {"principalId": id} | changes


@pytest.mark.parametrize("kind", ["customer", "staff", "service"])
def test_a_caller_is_whom_the_authorizer_found(kind: Any) -> None:
    assert auth.caller(handed_on(kind)) == Caller(kind, "ada")


def test_what_is_handed_on_is_text_alone_for_a_gateway_keeps_nothing_else() -> None:
    context = auth.as_context(Identity(Caller("customer", "ada"), NOW, ENDS))
    assert {type(value) for value in context.values()} == {str}


@pytest.mark.parametrize(
    "context",
    [
        None,
        {},
        {"principalId": "ada"},
        {"principalId": "nobody", "refused": "yes"},
        {"claims": {"sub": "ada", "cognito:groups": ["staff"]}},
        handed_on(kind="nobody"),
        handed_on(kind="admin"),
        handed_on(kind="system"),
        handed_on(kind="Staff"),
        handed_on(kind=""),
        handed_on(subject=""),
        handed_on(expires=""),
        handed_on(expires="never"),
        handed_on(expires="-1"),
        {name: value for name, value in handed_on().items() if name != "kind"},
        {name: value for name, value in handed_on().items() if name != "subject"},
        {name: value for name, value in handed_on().items() if name != "expires"},
    ],
)
def test_whoever_is_not_said_to_be_somebody_is_not_signed_in(context: dict[str, Any] | None) -> None:
    with pytest.raises(NotSignedIn):
        auth.caller(context)


def test_what_a_gateway_kept_of_a_token_ends_with_the_token() -> None:
    kept = handed_on()
    clock.use(lambda: ENDS + timedelta(seconds=59))
    assert auth.caller(kept).id == "ada"
    clock.use(lambda: ENDS + timedelta(seconds=60))
    with pytest.raises(NotSignedIn):
        auth.caller(kept)


def test_whose_token_could_not_be_verified_is_asked_to_come_again_and_is_nobody() -> None:
    with pytest.raises(Unavailable):
        auth.caller({"principalId": "nobody", "unavailable": "yes"})


@pytest.mark.parametrize(
    ("kind", "role", "admitted"),
    [
        ("customer", "customer", True),
        ("customer", "staff", False),
        ("staff", "customer", True),
        ("staff", "staff", True),
        ("service", "customer", True),
        ("service", "staff", True),
        ("nobody", "staff", False),
    ],
)
def test_a_door_admits_its_role_and_those_above(kind: Any, role: Any, admitted: bool) -> None:
    try:
        auth.admit(Caller(kind, "ada"), role)
    except NotForYou:
        assert not admitted
    else:
        assert admitted


@pytest.mark.parametrize(
    ("kind", "id", "touches"),
    [
        ("customer", "ada", True),
        ("customer", "bob", False),
        ("customer", "ADA", False),
        ("customer", "", False),
        ("staff", "bob", True),
        ("service", "bob", True),
        ("nobody", "ada", False),
        ("nobody", "", False),
    ],
)
def test_a_customer_touches_its_own_and_staff_touches_all(kind: Any, id: str, touches: bool) -> None:
    assert auth.may_touch(Caller(kind, id), "ada") is touches


def test_nobody_touches_what_belongs_to_nobody() -> None:
    assert not auth.may_touch(auth.NOBODY, auth.NOBODY.id)


def test_what_is_done_for_one_caller_is_not_told_as_done_for_another() -> None:
    told: list[str] = []
    both = threading.Barrier(2)

    def act(actor: str) -> None:
        with auth.on_behalf_of(actor):
            both.wait(10)
            told.append(f"{actor} as {auth.acting()}")
            both.wait(10)

    threads = [threading.Thread(target=act, args=(actor,)) for actor in ("customer:ada", "staff:eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["customer:ada as customer:ada", "staff:eve as staff:eve"]
    assert auth.acting() == auth.SYSTEM


def test_whoever_fails_acts_no_longer() -> None:
    with pytest.raises(ValueError, match="wrong"), auth.on_behalf_of("customer:ada"):
        raise ValueError("wrong")
    assert auth.acting() == auth.SYSTEM
