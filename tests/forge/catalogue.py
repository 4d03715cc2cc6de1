"""All that is sent in a token's place, and by how little a good one may differ: name -> the header Authorization."""

import time
from collections.abc import Callable
from functools import partial

from tests.forge import bad_claims, bad_forms, bad_headers, bad_schemes, bad_signatures
from tests.forge.issuer import FIRST, LEFT_OUT, Claims, Issuer, changed, token
from tests.forge.keys import Key

# from the issuer and the claims of a good token to the header
Sent = Callable[[Issuer, Claims], str]


def of_claims(change: bad_claims.Change, at: Issuer, claims: Claims) -> str:
    return f"Bearer {at.mint(changed(claims, change(at, int(time.time()))))}"


def of_header(forged: bad_headers.Forged, at: Issuer, claims: Claims) -> str:
    header, sign = forged(at)
    return f"Bearer {token(changed({'typ': 'JWT', 'alg': 'RS256', 'kid': FIRST}, header), claims, sign)}"


def of_signature(wrong: bad_signatures.Wrong, key: int, at: Issuer, claims: Claims) -> str:
    by: Key = at.keys[key]
    return f"Bearer {token({'typ': 'JWT', 'alg': by.alg, 'kid': by.kid}, claims, lambda message: wrong(by, message))}"


def of_form(form: bad_forms.Form, at: Issuer, claims: Claims) -> str:
    return f"Bearer {form(at, claims)}"


def of_scheme(scheme: bad_schemes.Scheme, at: Issuer, claims: Claims) -> str:
    return scheme(at.mint(claims))


_CURVE = bad_signatures.ANY_KEY | bad_signatures.CURVE_ONLY
BAD: dict[str, Sent] = {
    **{f"claims: {name}": partial(of_claims, change) for name, change in bad_claims.CHANGES.items()},
    **{f"header: {name}": partial(of_header, forged) for name, forged in bad_headers.HEADERS.items()},
    **{f"RS256 signature: {name}": partial(of_signature, each, 0) for name, each in bad_signatures.ANY_KEY.items()},
    **{f"ES256 signature: {name}": partial(of_signature, each, 2) for name, each in _CURVE.items()},
    **{f"form: {name}": partial(of_form, form) for name, form in bad_forms.FORMS.items()},
    **{f"scheme: {name}": partial(of_scheme, scheme) for name, scheme in bad_schemes.SCHEMES.items()},
}


def _with(**changes: object) -> Sent:
    return lambda at, claims: f"Bearer {at.mint(changed(claims, changes))}"


def _seconds(**by: int) -> Sent:
    """The claims set so many seconds from now."""
    return lambda at, claims: f"Bearer {at.mint(claims | {name: int(time.time()) + n for name, n in by.items()})}"


# What is good, and must stay so: a verifier that refuses all is as wrong as one that takes all.
GOOD: dict[str, Sent] = {
    "as it is": lambda at, claims: f"Bearer {at.mint(claims)}",
    "by the issuer's second key": lambda at, claims: f"Bearer {at.mint(claims, at.keys[1])}",
    "by the issuer's P-256 key": lambda at, claims: f"Bearer {at.mint(claims, at.keys[2])}",
    "expired within the leeway": _seconds(exp=-30),
    "nbf within the leeway": _seconds(nbf=30),
    "iat within the leeway": _seconds(iat=30, exp=900),
    "nbf in the past": _seconds(nbf=-30),
    "for our other client": lambda at, claims: f"Bearer {at.mint(claims | {'client_id': at.other_client})}",
    "aud for client_id": lambda at, claims: (
        f"Bearer {at.mint(changed(claims, {'client_id': LEFT_OUT, 'aud': at.client}))}"
    ),
    "aud a list with ours": lambda at, claims: (
        f"Bearer {at.mint(changed(claims, {'client_id': LEFT_OUT, 'aud': ['https://api.example.com', at.client]}))}"
    ),
    "sub a UUID": _with(sub="0190a5c2-1b7e-7c3a-9d55-3f2f7d1c0a11"),
    "sub of 128 signs": _with(sub="a" * 128),
    "a claim that we do not know": _with(nickname="Ада", deep={"a": [{"b": 1}]}),
    "a type of its own": lambda at, claims: f"Bearer {at.mint(claims, typ='at+jwt')}",
    "no type": lambda at, claims: f"Bearer {at.mint(claims, typ=LEFT_OUT)}",
    "the scheme in small letters": lambda at, claims: f"bearer {at.mint(claims)}",
    "the scheme in capitals": lambda at, claims: f"BEARER {at.mint(claims)}",
}

# Good tokens whose groups make nobody staff: each is a customer's, or refused.
POWERLESS: dict[str, Sent] = {
    "no groups": _with(**{"cognito:groups": LEFT_OUT}),
    **{
        f"groups {groups!r}": _with(**{"cognito:groups": groups})
        for groups in (
            *("staff", "service", "staff,service", '["staff"]', "", None, True, 1, {"staff": True}, {"staff": "staff"}),
            *([], ["Staff"], ["STAFF"], ["staff "], ["staffs"], ["st", "aff"], ["staff,service"], ["customers"]),
            *([["staff"]], [{"name": "staff"}], [None], [True], ["st\u0430ff"], ["*"]),
        )
    },
    **{
        f"staff in {name}": _with(**{"cognito:groups": LEFT_OUT, name: ["staff"]})
        for name in (
            "groups",
            "roles",
            "role",
            "cognito:roles",
            "cognito:Groups",
            "permissions",
            "kind",
            "custom:groups",
        )
    },
    "staff in scope": _with(**{"cognito:groups": LEFT_OUT, "scope": "staff service"}),
    "staff in kind": _with(**{"cognito:groups": LEFT_OUT, "kind": "staff"}),
    "staff in the header": lambda at, claims: (
        f"Bearer {at.mint(changed(claims, {'cognito:groups': LEFT_OUT}), groups=['staff'], kind='staff')}"
    ),
}
