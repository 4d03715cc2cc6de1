"""What the authorizer answers: an identity as text, or that there is none; never more, and never by accident."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import EndpointConnectionError
from chalice.app import AuthResponse

from chassis import auth, clock, keys
from chassis.authorizer import identify
from chassis.refusals import Unavailable
from tests.forge.catalogue import BAD, GOOD
from tests.forge.issuer import Issuer
from tests.forge.trust import trusting

AT = Issuer()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _trusted() -> Iterator[None]:
    with trusting(AT):
        yield


def asked(subject: str) -> None:
    raise AssertionError("who bears a bad token is nobody's business")


def never(subject: str) -> None:
    """Nobody ever signed out."""


def issued(moment: datetime) -> str:
    at = int(moment.timestamp())
    return f"Bearer {AT.mint(AT.claims('forge-ada', iat=at, exp=at + 900))}"


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token_is_handed_on_as_text(name: str) -> None:
    answer = identify(GOOD[name](AT, AT.claims("forge-ada", "staff")), never)
    assert answer.context.keys() == {"kind", "subject", "expires"}
    assert all(isinstance(value, str) for value in answer.context.values())
    assert answer.principal_id == answer.context["subject"]
    assert auth.caller(answer.context).is_staff


def test_a_bad_token_is_handed_on_as_nobodys_and_no_table_is_read_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    for name, make in BAD.items():
        answer = identify(make(AT, AT.claims("forge-ada", "staff")), asked)
        assert (answer.principal_id, answer.context) == ("nobody", {"refused": "yes"}), name
        with pytest.raises(auth.NotSignedIn):
            auth.caller(answer.context)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["message"] for line in lines} == {"token refused"}
    assert len(lines) == len(BAD)


def test_without_the_issuer_nobody_is_let_in_and_the_token_is_not_called_bad() -> None:
    def nobody(url: str) -> bytes:
        raise OSError("nobody answers")

    keys.use(nobody)
    answer = identify(AT.bearer("forge-ada", "staff"), asked)
    assert (answer.principal_id, answer.context) == ("nobody", {"unavailable": "yes"})
    with pytest.raises(Unavailable):
        auth.caller(answer.context)


@pytest.mark.parametrize(
    ("signed_out", "let_in"),
    [
        (None, True),
        (NOW - timedelta(days=1), True),
        (NOW - timedelta(seconds=1), True),
        (NOW - timedelta(milliseconds=1), True),
        (NOW, False),
        (NOW + timedelta(milliseconds=999), False),
        (NOW + timedelta(minutes=5), False),
    ],
)
def test_what_was_issued_until_its_bearer_signed_out_is_good_no_more(signed_out: datetime | None, let_in: bool) -> None:
    clock.use(lambda: NOW + timedelta(minutes=10))
    answer = identify(issued(NOW), lambda subject: signed_out if subject == "forge-ada" else None)
    assert (answer.principal_id == "forge-ada") is let_in


def test_while_nobody_can_tell_who_signed_out_nobody_is_let_in() -> None:
    def broken(subject: str) -> None:
        raise OSError("the table does not answer")

    with pytest.raises(OSError, match="does not answer"):
        identify(AT.bearer("forge-ada"), broken)


def test_while_the_table_is_away_the_token_is_not_called_bad() -> None:
    def away(subject: str) -> None:
        raise EndpointConnectionError(endpoint_url="arn:aws:dynamodb:secret")

    assert identify(AT.bearer("forge-ada"), away).context == {"unavailable": "yes"}


def test_an_identity_counts_at_every_door_for_a_gateway_keeps_it_from_one_to_the_next() -> None:
    answer: AuthResponse = identify(AT.bearer("forge-ada"), never)
    assert answer.routes == ["*"]
