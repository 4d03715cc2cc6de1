"""The forge itself: each bad token is bad in the way its name says and in no other, and each good one is good."""

import base64
import json
import re
from collections import Counter
from typing import Any

import jwt
import pytest

from tests.forge import bad_claims, bad_forms, bad_headers, bad_schemes, bad_signatures
from tests.forge.catalogue import BAD, GOOD, POWERLESS, of_form, of_header, of_signature
from tests.forge.issuer import LEFT_OUT, Issuer, changed
from tests.forge.keys import Key, base64url

AT = Issuer()
CLAIMS = AT.claims("forge-ada", "staff")
BEARER = re.compile(r"(?i:bearer) ([\w-]+\.[\w-]+\.[\w-]+)", re.ASCII)
TOO_LONG = {"form: over 8 KB", "form: of a megabyte", "form: a megabyte of dots"}


def taken(sent: str) -> str:
    found = BEARER.fullmatch(sent)
    if not found:
        raise ValueError("this is no bearer's token")
    return found.group(1)


def parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims, read as strictly as RFC 7515 and RFC 7519 let one; ValueError says why not."""
    raw = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    if list(map(base64url, raw)) != token.split("."):
        raise ValueError("a part can be spelled in another way")
    header, claims = (_object(each) for each in raw[:2])
    if "alg" not in header:
        raise ValueError("the header names no algorithm")
    return header, claims


def _object(raw: bytes) -> dict[str, Any]:
    try:
        read = json.loads(raw.decode("utf-8"), object_pairs_hook=_once, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(read, dict):
        raise ValueError("no object")
    return read


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name stands there twice")
    return dict(pairs)


def _finite(text: str) -> float:
    if float(text) == float("inf"):
        raise ValueError("a number beyond all floats")
    return float(text)


def holds(token: str, key: Key) -> bool:
    """Whether the signature is the key's, by the judgement of another library."""
    try:
        jwt.PyJWS().decode(token, jwt.PyJWK(key.jwk()), algorithms=[key.alg])
    except jwt.InvalidTokenError:
        return False
    return True


def differing(good: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """The names whose values are not written alike: not a number is like itself, and true is not 1."""
    return {name for name in good | other if repr(good.get(name, LEFT_OUT)) != repr(other.get(name, LEFT_OUT))}


def test_the_catalogue_is_long_and_no_two_of_it_are_alike() -> None:
    sent = {name: make(AT, CLAIMS) for name, make in BAD.items()}
    assert len(sent) >= 300
    twins = [text for text, count in Counter(sent.values()).items() if count > 1]
    assert [name for name, text in sent.items() if text in twins] == []


def test_a_token_is_too_long_only_where_its_name_says_so() -> None:
    assert {name for name, make in BAD.items() if len(make(AT, CLAIMS)) > bad_forms.LONGEST} == TOO_LONG


@pytest.mark.parametrize("name", GOOD)
def test_a_good_token_has_the_form_and_the_signature_that_it_should(name: str) -> None:
    token = taken(GOOD[name](AT, CLAIMS))
    header, claims = parts(token)
    [key] = [key for key in AT.keys if key.kid == header["kid"]]
    assert holds(token, key)
    assert claims["sub"]


@pytest.mark.parametrize("name", [name for name in GOOD if "leeway" not in name and "our other" not in name])
def test_a_good_token_is_good_to_another_library_too(name: str) -> None:
    token = taken(GOOD[name](AT, CLAIMS))
    key = jwt.PyJWKSet.from_dict(AT.jwks())[jwt.get_unverified_header(token)["kid"]]
    read = jwt.decode(token, key, issuer=AT.url, options={"verify_aud": False, "require": ["exp", "iat", "sub"]})
    assert AT.client in (read.get("client_id"), *read.get("aud", []), read.get("aud"))


@pytest.mark.parametrize("name", bad_claims.CHANGES)
def test_bad_claims_are_signed_well_and_differ_in_what_was_changed_alone(name: str) -> None:
    now = CLAIMS["iat"]
    change = bad_claims.CHANGES[name](AT, now)
    token = AT.mint(changed(CLAIMS, change))
    header, claims = parts(token)
    assert header == {"typ": "JWT", "alg": "RS256", "kid": AT.keys[0].kid}
    assert holds(token, AT.keys[0])
    assert differing(CLAIMS, claims) == change.keys()


@pytest.mark.parametrize("name", bad_headers.HEADERS)
def test_a_bad_header_stands_over_good_claims_and_differs_in_what_was_changed_alone(name: str) -> None:
    change, _ = bad_headers.HEADERS[name](AT)
    signed, claimed, _ = taken_apart(of_header(bad_headers.HEADERS[name], AT, CLAIMS))
    assert json.loads(claimed) == CLAIMS
    assert json.loads(signed) == changed({"typ": "JWT", "alg": "RS256", "kid": AT.keys[0].kid}, change)


@pytest.mark.parametrize("name", bad_headers.HEADERS)
def test_under_a_bad_header_no_key_holds_that_the_issuer_shows_for_it(name: str) -> None:
    token = of_header(bad_headers.HEADERS[name], AT, CLAIMS).removeprefix("Bearer ")
    header = json.loads(taken_apart(f"Bearer {token}")[0])
    shown = [key for key in AT.keys if key.kid == header.get("kid") and key.alg == header.get("alg")]
    extended = header.keys() & {"crit", "b64"}
    assert extended or not any(holds(token, key) for key in shown)


def taken_apart(sent: str) -> tuple[bytes, bytes, bytes]:
    header, claims, signature = sent.removeprefix("Bearer ").split(".")
    header, claims, signature = (part + "=" * (-len(part) % 4) for part in (header, claims, signature))
    return base64.urlsafe_b64decode(header), base64.urlsafe_b64decode(claims), base64.urlsafe_b64decode(signature)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        *((name, key) for name in bad_signatures.ANY_KEY for key in (0, 2)),
        *((name, 2) for name in bad_signatures.CURVE_ONLY),
    ],
)
def test_a_bad_signature_stands_under_a_good_header_and_good_claims_and_does_not_hold(name: str, key: int) -> None:
    wrong = (bad_signatures.ANY_KEY | bad_signatures.CURVE_ONLY)[name]
    sent = of_signature(wrong, key, AT, CLAIMS)
    header, claims, _ = taken_apart(sent)
    assert (json.loads(header)["kid"], json.loads(claims)) == (AT.keys[key].kid, CLAIMS)
    assert not any(holds(sent.removeprefix("Bearer "), each) for each in AT.keys)


@pytest.mark.parametrize("name", bad_forms.FORMS)
def test_a_bad_form_can_not_be_read_strictly_or_is_too_long(name: str) -> None:
    sent = of_form(bad_forms.FORMS[name], AT, CLAIMS)
    if f"form: {name}" not in TOO_LONG:
        with pytest.raises(ValueError, match=r"."):
            parts(taken(sent))


@pytest.mark.parametrize("name", bad_schemes.SCHEMES)
def test_a_bad_scheme_is_none_of_a_bearer_with_one_token(name: str) -> None:
    assert not BEARER.fullmatch(bad_schemes.SCHEMES[name](AT.mint(CLAIMS)))


@pytest.mark.parametrize("name", POWERLESS)
def test_a_powerless_token_is_signed_well_and_has_no_list_of_groups_with_staff_or_service(name: str) -> None:
    token = taken(POWERLESS[name](AT, CLAIMS))
    groups = parts(token)[1].get("cognito:groups")
    assert holds(token, AT.keys[0])
    assert not (isinstance(groups, list) and {"staff", "service"} & {each for each in groups if isinstance(each, str)})
