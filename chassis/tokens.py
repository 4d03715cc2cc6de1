"""What makes an access token good (RFC 9068, RFC 8725). It brings the cryptography along: for the authorizer alone."""

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import jwt
import msgspec
from msgspec import Meta, Struct

from chassis import auth, clock, keys, settings
from chassis.auth import LEEWAY, Caller, Identity

LONGEST = 8 * 1024  # signs of a token
LIFE = timedelta(days=1)  # of an access token, at most: what Cognito gives, and what others give where nobody asks
_BEARER = re.compile(r"bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)", re.IGNORECASE | re.ASCII)
# They name a key, or another way to read the token, that its maker chose; none of them is ever followed.
_NEVER = {"b64", "crit", "enc", "jku", "jwk", "x5c", "x5u", "zip"}
_ACCESS = {"at+jwt", "application/at+jwt"}  # RFC 9068, 2.1

_LAST = Meta(ge=0, le=253_402_300_799)  # seconds; the last of the year 9999
Moment = Annotated[int, _LAST] | Annotated[float, _LAST]


class BadToken(Exception):
    """The token is none of ours, or not good now; its text says why, for the log and nobody else."""


class _Header(Struct, frozen=True):
    alg: str
    kid: Annotated[str, Meta(min_length=1, max_length=256)]
    typ: str = ""


class _Claims(Struct, frozen=True):
    iss: str
    sub: Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,128}(?![\s\S])")]
    exp: Moment
    iat: Moment
    nbf: Moment = 0
    aud: str | list[str] | None = None
    client_id: str | None = None
    token_use: Literal["access"] | None = None


def verify(authorization: str) -> Identity:
    """Who the token in an Authorization header speaks for; raises BadToken, or keys.KeysUnavailable."""
    if len(authorization) > LONGEST:
        raise BadToken("too long")
    met = _BEARER.fullmatch(authorization)
    if not met:
        raise BadToken("no bearer token")
    head = _part(met[1].split(".")[0])
    if _NEVER & head.keys():
        raise BadToken("names a key or a reading of its own")
    header = _typed(head, _Header)
    claims = _part_of_signed(met[1], header)
    return _accepted(_typed(claims, _Claims), header.typ, _groups(claims), clock.now())


def _part_of_signed(token: str, header: _Header) -> dict[str, Any]:
    """The claims, once the signature is seen to be the issuer's."""
    key = keys.find(header.kid)
    if key is None or key.algorithm_name != header.alg:
        raise BadToken("no such key")
    try:
        jwt.PyJWS(algorithms=[header.alg]).decode(token, key, algorithms=[header.alg])
    except jwt.PyJWTError as error:
        raise BadToken(type(error).__name__) from None
    return _part(token.split(".")[1])


def _part(segment: str) -> dict[str, Any]:
    """A part of a token as JSON, each name given once (RFC 7519, 4): two readers could take another one each."""
    try:
        raw = base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
        read = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (binascii.Error, ValueError, RecursionError) as error:
        raise BadToken(f"can not be read: {type(error).__name__}") from None
    if not isinstance(read, dict):
        raise BadToken("is no object")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise BadToken("says something twice")
    return read


def _no_number(name: str) -> None:
    raise BadToken(f"holds {name}")


def _typed(read: dict[str, Any], as_type: Any) -> Any:
    try:
        return msgspec.convert(read, as_type)
    except msgspec.ValidationError as error:
        raise BadToken(str(error)) from None


def _accepted(claims: _Claims, typ: str, groups: list[str], now: datetime) -> Identity:
    issued, expires, since = (datetime.fromtimestamp(each, UTC) for each in (claims.iat, claims.exp, claims.nbf))
    if claims.iss != settings.text("IDENTITY_ISSUER"):
        raise BadToken("another issuer's")
    if not _is_for_us(claims):
        raise BadToken("for another audience")
    if claims.token_use is None and typ.lower() not in _ACCESS:
        raise BadToken("no access token")
    if expires + LEEWAY <= now:
        raise BadToken("expired")
    if expires - issued > LIFE:
        raise BadToken("good for too long")
    if max(since, issued) - LEEWAY > now:
        raise BadToken("not yet good")
    return Identity(Caller(auth.kind_of(groups), claims.sub), issued, expires)


def _is_for_us(claims: _Claims) -> bool:
    """By its audience where it has one (RFC 7519, 4.1.3), and else, as with Cognito, by the client it was given to."""
    ours = {each.strip() for each in settings.text("IDENTITY_CLIENT_IDS").split(",")} - {""}
    if claims.aud is None:
        return claims.client_id in ours
    return bool(ours & {claims.aud} if isinstance(claims.aud, str) else ours & set(claims.aud))


def _groups(claims: dict[str, Any]) -> list[str]:
    groups = claims.get(settings.text("IDENTITY_GROUPS_CLAIM", "cognito:groups"), [])
    return [each for each in groups if isinstance(each, str)] if isinstance(groups, list) else []
