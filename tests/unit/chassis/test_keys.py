"""The issuer's keys: kept, asked for again with a limit, and taken only if they are such as we want."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chassis import clock
from chassis.keys import FRESH, PAUSE, Keys, KeysUnavailable
from tests.forge.issuer import CURVE, FIRST, SECOND, Issuer
from tests.forge.keys import Key, p384_key, rsa_key

AT = Issuer()
JWKS = "https://identity.example.com/keys.json"
BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Documents:
    """What the issuer answers now, by address, and how often it was asked."""

    def __init__(self) -> None:
        self.now: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []

    def show(self, *keys: dict[str, Any], at: str = JWKS) -> None:
        self.now[at] = msgspec.json.encode({"keys": keys})

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        answer = self.now.get(url, OSError("nobody answers"))
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def documents(monkeypatch: pytest.MonkeyPatch) -> Documents:
    monkeypatch.setenv("IDENTITY_ISSUER", AT.url)
    monkeypatch.setenv("IDENTITY_JWKS_URL", JWKS)
    clock.use(lambda: BEGIN)
    return Documents()


def later(by: timedelta) -> None:
    moment = clock.now() + by
    clock.use(lambda: moment)


def known(keys: Keys, *kids: str) -> list[str]:
    """Those of the names under which there is a key."""
    return [kid for kid in kids if keys.find(kid) is not None]


def test_keys_are_asked_for_once_and_kept(documents: Documents) -> None:
    documents.show(*AT.jwks()["keys"])
    keys = Keys(documents.fetch)
    assert known(keys, FIRST, SECOND, CURVE, FIRST) == [FIRST, SECOND, CURVE, FIRST]
    later(FRESH - timedelta(seconds=1))
    assert known(keys, FIRST) == [FIRST]
    assert documents.asked == [JWKS]


def test_a_key_that_is_not_known_is_asked_for_at_most_twice_a_minute(documents: Documents) -> None:
    documents.show(AT.keys[0].jwk())
    keys = Keys(documents.fetch)
    assert known(keys, FIRST, *(f"forged-{n}" for n in range(1000))) == [FIRST]
    assert len(documents.asked) == 1
    later(PAUSE)
    assert known(keys, *(f"forged-{n}" for n in range(1000))) == []
    assert len(documents.asked) == 2


def test_a_new_key_is_found_once_the_issuer_may_be_asked_again(documents: Documents) -> None:
    documents.show(AT.keys[0].jwk())
    keys = Keys(documents.fetch)
    assert known(keys, FIRST) == [FIRST]
    documents.show(AT.keys[1].jwk())
    assert known(keys, SECOND) == []
    later(PAUSE)
    assert known(keys, SECOND) == [SECOND]


def test_a_key_that_was_withdrawn_is_good_for_an_hour_at_most(documents: Documents) -> None:
    documents.show(*AT.jwks()["keys"])
    keys = Keys(documents.fetch)
    assert known(keys, FIRST) == [FIRST]
    documents.show(AT.keys[1].jwk())
    later(FRESH)
    assert known(keys, FIRST) == []


@pytest.mark.parametrize(
    "answer",
    [
        OSError("nobody answers"),
        TimeoutError("too slow"),
        b"",
        b"<html>",
        b"[]",
        b"null",
        b"{}",
        b'{"keys": null}',
        b'{"keys": "none"}',
        b'{"keys": []}',
        b'{"keys": [{}]}',
        b'{"keys": [{"kty": "RSA", "kid": "forge-1", "n": "AQAB", "e": "AQAB"}]}',
        b'{"keys": [' + b"[" * 100_000,
    ],
)
def test_keys_that_are_known_outlive_whatever_the_issuer_answers_later(
    documents: Documents, answer: bytes | Exception
) -> None:
    documents.show(*AT.jwks()["keys"])
    keys = Keys(documents.fetch)
    assert known(keys, FIRST) == [FIRST]
    documents.now[JWKS] = answer
    later(FRESH)
    assert known(keys, FIRST, SECOND) == [FIRST, SECOND]
    with pytest.raises(KeysUnavailable):  # nobody can tell whether it is the issuer's new one
        keys.find("unknown")


def test_an_issuer_that_does_not_answer_is_asked_twice_a_minute_and_no_token_is_called_bad(
    documents: Documents,
) -> None:
    keys = Keys(documents.fetch)
    for _ in range(100):
        with pytest.raises(KeysUnavailable):
            keys.find(FIRST)
    assert len(documents.asked) == 1
    documents.show(AT.keys[0].jwk())
    later(PAUSE)
    assert known(keys, FIRST) == [FIRST]


def test_an_issuer_that_did_not_answer_is_asked_again_soon_also_for_what_is_known(documents: Documents) -> None:
    documents.show(*AT.jwks()["keys"])
    keys = Keys(documents.fetch)
    assert known(keys, FIRST) == [FIRST]
    documents.now[JWKS] = OSError("nobody answers")
    later(FRESH)
    assert known(keys, FIRST) == [FIRST]
    documents.show(AT.keys[1].jwk())
    later(PAUSE)
    assert known(keys, FIRST, SECOND) == [SECOND]
    assert len(documents.asked) == 3


def _small() -> dict[str, Any]:
    breakable = rsa.generate_private_key(65537, 1024)  # nosec B505  # what is to be refused
    return Key("small", "RS256", breakable).jwk()


@pytest.mark.parametrize(
    "unwanted",
    [
        lambda: {"kty": "oct", "kid": "unwanted", "alg": "HS256", "k": "c2VjcmV0" * 8},
        lambda: {"kty": "oct", "kid": "unwanted", "use": "sig", "k": "c2VjcmV0" * 8},
        lambda: rsa_key("unwanted").jwk() | {"alg": "HS256"},
        lambda: rsa_key("unwanted").jwk() | {"alg": "RS512"},
        lambda: rsa_key("unwanted").jwk() | {"alg": "RSA-OAEP"},
        lambda: rsa_key("unwanted").jwk() | {"alg": "none"},
        lambda: rsa_key("unwanted").jwk() | {"alg": "ES256"},
        lambda: rsa_key("unwanted").jwk() | {"use": "enc"},
        lambda: rsa_key("unwanted").jwk() | {"kty": "EC"},
        lambda: rsa_key("unwanted").jwk() | {"kty": "OKP"},
        lambda: rsa_key("unwanted").jwk() | {"n": "!"},
        lambda: rsa_key("unwanted").jwk() | {"n": 65537},
        lambda: rsa_key("unwanted").jwk() | {"e": ""},
        lambda: p384_key("unwanted").jwk(),
        lambda: p384_key("unwanted").jwk() | {"alg": "ES256"},
        lambda: {name: value for name, value in rsa_key("unwanted").jwk().items() if name != "kid"},
        lambda: rsa_key("unwanted").jwk() | {"kid": None},
        lambda: _small() | {"kid": "unwanted"},
        lambda: "unwanted",
        lambda: None,
        lambda: ["unwanted"],
    ],
)
def test_a_key_that_is_not_such_as_we_want_is_passed_over_and_the_others_are_taken(
    documents: Documents, unwanted: Callable[[], Any]
) -> None:
    documents.show(unwanted(), AT.keys[0].jwk())
    keys = Keys(documents.fetch)
    assert known(keys, FIRST, "unwanted", "None", "") == [FIRST]


def test_a_key_is_good_for_one_algorithm_even_where_the_issuer_names_none(documents: Documents) -> None:
    documents.show(*({name: value for name, value in key.jwk().items() if name != "alg"} for key in AT.keys))
    found = [Keys(documents.fetch).find(kid) for kid in (FIRST, CURVE)]
    assert [key and key.algorithm_name for key in found] == ["RS256", "ES256"]


class TestWithoutAnAddressOfTheKeys:
    """The issuer itself says where they are."""

    DISCOVERY = f"{AT.url}/.well-known/openid-configuration"

    @pytest.fixture(autouse=True)
    def _unset(self, documents: Documents, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("IDENTITY_JWKS_URL")
        documents.show(*AT.jwks()["keys"])

    def test_they_are_found_by_the_discovery_document(self, documents: Documents) -> None:
        documents.now[self.DISCOVERY] = msgspec.json.encode(AT.discovery(JWKS))
        assert known(Keys(documents.fetch), FIRST) == [FIRST]
        assert documents.asked == [self.DISCOVERY, JWKS]

    @pytest.mark.parametrize(
        "change",
        [
            {"issuer": "https://evil.example.com"},
            {"issuer": AT.url + "/"},
            {"issuer": AT.url.upper()},
            {"issuer": [AT.url]},
            {"issuer": None},
        ],
    )
    def test_the_document_of_another_issuer_is_refused_and_its_keys_are_not_asked_for(
        self, documents: Documents, change: dict[str, Any]
    ) -> None:
        documents.now[self.DISCOVERY] = msgspec.json.encode(AT.discovery(JWKS) | change)
        with pytest.raises(KeysUnavailable):
            Keys(documents.fetch).find(FIRST)
        assert documents.asked == [self.DISCOVERY]
