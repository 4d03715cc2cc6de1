"""The identity provider's public keys (JWKS, RFC 7517): kept, renewed with a limit, outliving its outages."""

import threading
import urllib.request
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
import msgspec

from chassis import clock, log, settings

FRESH = timedelta(hours=1)  # after which the keys are asked for again, so that one that was withdrawn ends
PAUSE = timedelta(seconds=30)  # at least, between two times of asking, whatever tokens come
LONGEST = 256 * 1024  # bytes of a document
SECONDS = 2.0  # to wait for it
ALGORITHMS = {"RSA": "RS256", "EC": "ES256"}  # one for each kind of key: a token can not choose another
LEAST_BITS = 2048  # of an RSA key (RFC 7518, 3.3)

Fetch = Callable[[str], bytes]


class KeysUnavailable(Exception):
    """The key that a token names is not known, and the issuer can not be asked just now."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """Keys come from where they were asked for, or not at all."""

    def redirect_request(self, *asked: Any) -> None:
        return None


_opener = urllib.request.build_opener(_Straight)


def _over_http(url: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")):
        raise ValueError(f"{url} is not https")
    with _opener.open(url, timeout=SECONDS) as answer:
        body: bytes = answer.read(LONGEST + 1)
    if len(body) > LONGEST:
        raise ValueError(f"{url} is longer than {LONGEST} bytes")
    return body


class Keys:
    """The keys of one issuer, by their `kid`."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._lock = threading.Lock()
        self._known: Mapping[str, jwt.PyJWK] = {}
        self._asked: datetime | None = None
        self._failed = False

    def find(self, kid: str) -> jwt.PyJWK | None:
        """The key of that name, or None if the issuer has none; raises KeysUnavailable where it can not be asked."""
        with self._lock:  # one thread asks, the others wait for what it hears
            if self._is_time(FRESH if kid in self._known else PAUSE):
                self._ask()
        if kid not in self._known and self._failed:
            raise KeysUnavailable
        return self._known.get(kid)

    def _is_time(self, after: timedelta) -> bool:
        pause = PAUSE if self._failed else after
        return self._asked is None or clock.now() - self._asked >= pause

    def _ask(self) -> None:
        self._asked = clock.now()
        try:
            self._known = dict(_usable(self._document(_address(self._document))))
            self._failed = False
        except Exception as error:  # whatever the issuer does: the keys that are known go on being good
            self._failed = True
            log.warn("no keys from the issuer", cause=f"{type(error).__name__}: {error}")

    def _document(self, url: str) -> dict[str, Any]:
        return msgspec.json.decode(self._fetch(url), type=dict[str, Any])


def _address(document: Callable[[str], dict[str, Any]]) -> str:
    """Where the keys are: as set, or as the issuer itself says (OpenID Connect Discovery 1.0, 4)."""
    if stated := settings.text("IDENTITY_JWKS_URL", ""):
        return stated
    issuer = settings.text("IDENTITY_ISSUER")
    discovered = document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if discovered.get("issuer") != issuer:
        raise ValueError(f"the discovery document of {issuer} is another issuer's")
    return str(discovered["jwks_uri"])


def _usable(document: Mapping[str, Any]) -> Mapping[str, jwt.PyJWK]:
    """The keys that sign as we want it, the others being for others; raises ValueError where there is none."""
    usable = {key.key_id: key for key in map(_read, document["keys"]) if key and key.key_id}
    if not usable:  # an issuer that signs nothing is one that is out of order
        raise ValueError("none of the issuer's keys is such as we use")
    return usable


def _read(each: Any) -> jwt.PyJWK | None:
    try:
        algorithm = ALGORITHMS[each["kty"]]
        if each.get("use", "sig") != "sig" or each.get("alg", algorithm) != algorithm:
            return None
        key = jwt.PyJWK(each, algorithm)
        strong = key.key.key_size >= LEAST_BITS if algorithm == "RS256" else key.key.curve.name == "secp256r1"
        return key if strong and isinstance(key.key_id, str) else None
    except (KeyError, TypeError, AttributeError, jwt.PyJWTError, ValueError):
        return None


_keys = Keys(_over_http)


def use(fetch: Fetch | None) -> None:
    """Takes documents from elsewhere (a test's issuer); None asks over HTTP again. Forgets the keys known so far."""
    global _keys
    _keys = Keys(fetch or _over_http)


def find(kid: str) -> jwt.PyJWK | None:
    """The issuer's key of that name (Keys.find)."""
    return _keys.find(kid)
