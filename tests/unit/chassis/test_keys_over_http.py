"""The issuer's documents over HTTP: where they come from, how long they may be, and what else may happen on the way."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chassis import keys
from chassis.keys import KeysUnavailable
from chassis.tokens import BadToken, verify
from tests.forge.issuer import FIRST, Issuer
from tests.forge.keys import rsa_key
from tests.forge.server import DISCOVERY, JWKS, Server, serving, serving_over_tls


@pytest.fixture(autouse=True)
def _without_keys() -> Iterator[None]:
    """What was known or asked before counts for nothing, nor what a test comes to know afterwards."""
    keys.use(None)
    yield
    keys.use(None)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serving() as server:
        at = Issuer(server.url)
        server.serve(JWKS, at.jwks())
        server.serve(DISCOVERY, at.discovery(server.url + JWKS))
        monkeypatch.setenv("IDENTITY_ISSUER", server.url)
        yield server


def test_the_keys_come_from_where_the_issuer_says(server: Server) -> None:
    assert keys.find(FIRST)
    assert server.asked == [DISCOVERY, JWKS]


def test_the_keys_come_from_where_a_deployment_says(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_JWKS_URL", server.url + JWKS)
    assert keys.find(FIRST)
    assert server.asked == [JWKS]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_sent_elsewhere_for_keys(server: Server, status: int) -> None:
    server.answers[JWKS] = status
    with pytest.raises(KeysUnavailable):
        keys.find(FIRST)
    assert server.asked == [DISCOVERY, JWKS]


@pytest.mark.parametrize("status", [204, 401, 404, 429, 500, 503])
def test_an_answer_without_keys_is_no_answer(server: Server, status: int) -> None:
    server.answers[JWKS] = status
    with pytest.raises(KeysUnavailable):
        keys.find(FIRST)


def test_a_document_that_is_too_long_is_not_read(server: Server) -> None:
    good = server.answers[JWKS]
    assert isinstance(good, bytes)
    server.answers[JWKS] = good + b" " * keys.LONGEST
    with pytest.raises(KeysUnavailable):
        keys.find(FIRST)
    keys.use(None)
    server.answers[JWKS] = good + b" " * (keys.LONGEST - len(good))
    assert keys.find(FIRST)


@pytest.mark.parametrize(
    "address",
    [
        "http://identity.example.com/jwks.json",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost.example.com/jwks.json",
        "http://127.0.0.1.example.com/jwks.json",
        "http://127.0.0.1@identity.example.com/jwks.json",
        "file:///etc/passwd",
        "ftp://identity.example.com/jwks.json",
        "data:application/json,{}",
        "jwks.json",
        "//identity.example.com/jwks.json",
        "https:",
    ],
)
def test_keys_come_over_https_or_from_this_very_machine(
    server: Server, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    sought: list[object] = []

    def seek(host: object, *_: object, **__: object) -> None:
        sought.append(host)
        raise OSError("no way there")

    monkeypatch.setattr(socket, "getaddrinfo", seek)
    monkeypatch.setenv("IDENTITY_JWKS_URL", address)
    with pytest.raises(KeysUnavailable):
        keys.find(FIRST)
    assert sought == []


def test_an_issuer_whose_certificate_nobody_vouches_for_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with serving_over_tls(rsa_key("attacker"), tmp_path) as server:
        server.serve(JWKS, Issuer(server.url).jwks())
        monkeypatch.setenv("IDENTITY_JWKS_URL", server.url + JWKS)
        with pytest.raises(KeysUnavailable):
            keys.find(FIRST)
        assert server.asked == []
        vouching = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        assert httpx.get(server.url + JWKS, verify=vouching).json() == Issuer().jwks()


def test_no_token_sends_us_anywhere(server: Server) -> None:
    server.serve("/evil.json", Issuer(server.url).jwks())
    at = Issuer(server.url)
    address = server.url + "/evil.json"
    for kid in (FIRST, "unknown"):
        for token in (at.mint(at.claims(), kid=kid, jku=address), at.mint(at.claims(), kid=kid, x5u=address)):
            with pytest.raises(BadToken):
                verify(f"Bearer {token}")
    assert "/evil.json" not in server.asked
