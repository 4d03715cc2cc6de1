"""Which access tokens are good: of all that an attacker would send, none."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from chassis import clock
from chassis.settings import SettingMissing
from chassis.tokens import LONGEST, BadToken, verify
from tests.forge.catalogue import BAD, GOOD, POWERLESS
from tests.forge.issuer import LEFT_OUT, Issuer
from tests.forge.trust import trusting

AT = Issuer()
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())


@pytest.fixture(autouse=True)
def _trusted() -> Iterator[None]:
    with trusting(AT):
        yield


@pytest.mark.parametrize("name", BAD)
def test_a_bad_token_speaks_for_nobody(name: str) -> None:
    with pytest.raises(BadToken):
        verify(BAD[name](AT, AT.claims("forge-ada", "staff")))


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token_speaks_for_its_subject(name: str) -> None:
    assert verify(GOOD[name](AT, AT.claims("forge-ada", "staff"))).caller.is_staff


@pytest.mark.parametrize("name", POWERLESS)
def test_only_a_list_of_groups_with_the_very_word_makes_staff(name: str) -> None:
    assert verify(POWERLESS[name](AT, AT.claims("forge-ada", "staff"))).caller.kind == "customer"


@pytest.mark.parametrize(
    ("groups", "kind"),
    [
        ([], "customer"),
        (["staff"], "staff"),
        (["service"], "service"),
        (["others", "staff"], "staff"),
        (["service", "staff"], "staff"),
        (["customers"], "customer"),
    ],
)
def test_the_groups_of_a_token_say_what_its_subject_is(groups: list[str], kind: str) -> None:
    identity = verify(AT.bearer("forge-ada", *groups))
    assert (identity.caller.kind, identity.caller.id) == (kind, "forge-ada")


def test_groups_are_read_from_the_claim_that_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_GROUPS_CLAIM", "roles")
    assert verify(f"Bearer {AT.mint(AT.claims(roles=['staff']))}").caller.kind == "staff"
    assert verify(AT.bearer("forge-ada", "staff")).caller.kind == "customer"


def test_an_identity_tells_when_its_token_was_issued_and_when_it_ends() -> None:
    clock.use(lambda: NOW)
    identity = verify(f"Bearer {AT.mint(AT.claims(iat=SECOND, exp=SECOND + 900))}")
    assert (identity.issued_at, identity.expires) == (NOW, NOW + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("claim", "last_good", "then"),
    [
        ("exp", timedelta(seconds=59.999), timedelta(milliseconds=1)),
        ("nbf", timedelta(seconds=-60), timedelta(milliseconds=-1)),
        ("iat", timedelta(seconds=-60), timedelta(milliseconds=-1)),
    ],
)
def test_clocks_may_differ_by_a_minute_and_no_more(claim: str, last_good: timedelta, then: timedelta) -> None:
    others = {"iat": SECOND - 3000, "nbf": SECOND - 3000, "exp": SECOND + 3000}
    token = f"Bearer {AT.mint(AT.claims() | others | {claim: SECOND})}"
    clock.use(lambda: NOW + last_good)
    assert verify(token).caller.id == "forge-ada"
    clock.use(lambda: NOW + last_good + then)
    with pytest.raises(BadToken):
        verify(token)


def test_a_token_is_read_up_to_its_longest_length() -> None:
    sent = [f"Bearer {AT.mint(AT.claims(filler='f' * signs))}" for signs in range(5000, 6000, 10)]
    short, long = [[each for each in sent if (len(each) <= LONGEST) is fits] for fits in (True, False)]
    assert verify(max(short, key=len)).caller.id == "forge-ada"
    with pytest.raises(BadToken, match="too long"):
        verify(min(long, key=len))


def test_a_token_for_another_shop_of_the_same_issuer_is_none_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_CLIENT_IDS", "another-shop")
    with pytest.raises(BadToken):
        verify(AT.bearer("forge-ada"))


@pytest.mark.parametrize("nobody", [" ", ",", " , "])
def test_a_shop_that_names_no_client_takes_no_token(monkeypatch: pytest.MonkeyPatch, nobody: str) -> None:
    monkeypatch.setenv("IDENTITY_CLIENT_IDS", nobody)
    for claims in (AT.claims(), AT.claims(client_id=""), AT.claims(client_id=None, aud=[""])):
        with pytest.raises(BadToken):
            verify(f"Bearer {AT.mint(claims)}")


def test_a_shop_that_names_no_issuer_takes_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IDENTITY_ISSUER")
    with pytest.raises(SettingMissing, match="IDENTITY_ISSUER"):
        verify(AT.bearer("forge-ada"))


def test_a_token_without_token_use_says_by_its_type_that_it_is_an_access_token() -> None:
    """As of issuers that follow RFC 9068."""
    claims = AT.claims(token_use=LEFT_OUT, client_id=LEFT_OUT, aud=AT.client)
    assert verify(f"Bearer {AT.mint(claims, typ='at+jwt')}").caller.id == "forge-ada"
    assert verify(f"Bearer {AT.mint(claims, typ='application/AT+JWT')}").caller.id == "forge-ada"
    for typ in ("JWT", "id+jwt", "logout+jwt", LEFT_OUT):
        with pytest.raises(BadToken):
            verify(f"Bearer {AT.mint(claims, typ=typ)}")


def test_what_is_said_of_a_bad_token_has_nothing_of_it() -> None:
    """It goes to the log, which more people read than may hold tokens."""
    for make in BAD.values():
        sent = make(AT, AT.claims("forge-ada", "staff"))
        with pytest.raises(BadToken) as bad:
            verify(sent)
        said = str(bad.value)
        assert not any(part in said for part in sent.split(".") if len(part) > 15)
        assert len(said) < 200
