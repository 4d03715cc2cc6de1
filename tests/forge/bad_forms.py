"""What is no token by its form, though the issuer's key may have signed it: name -> how it is made of good claims."""

import base64
import json
from collections.abc import Callable

from tests.forge.issuer import FIRST, Claims, Issuer, token
from tests.forge.keys import base64url

Form = Callable[[Issuer, Claims], str]
_HEADER = {"typ": "JWT", "alg": "RS256", "kid": FIRST}
LONGEST = 8192  # signs that a token may have


def _good(at: Issuer, claims: Claims) -> str:
    return at.mint(claims)


def _parts(change: Callable[[list[str]], list[str]]) -> Form:
    """The parts of a good token, otherwise put together."""
    return lambda at, claims: ".".join(change(_good(at, claims).split(".")))


def _header(raw: bytes) -> Form:
    return lambda at, claims: token(raw, claims, at.keys[0].sign)


def _payload(raw: Callable[[str], bytes]) -> Form:
    """The claims' own JSON, otherwise written down, and signed so."""
    return lambda at, claims: token(_HEADER, raw(json.dumps(claims)), at.keys[0].sign)


def _signed(spell: Callable[[bytes], str], place: int) -> Form:
    """One part spelled in another way than base64url without padding, and signed so."""

    def form(at: Issuer, claims: Claims) -> str:
        parts = [base64url(json.dumps(part).encode()) for part in (_HEADER, claims)]
        if place < 2:
            parts[place] = spell(json.dumps((_HEADER, claims)[place]).encode())
        signature = at.keys[0].sign(".".join(parts).encode())
        return ".".join([*parts, spell(signature) if place == 2 else base64url(signature)])

    return form


def _padded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data + b" " * ((1 - len(data)) % 3 if data.startswith(b"{") else 0)).decode()


def _broken_by(sign: str) -> Callable[[bytes], str]:
    return lambda data: base64url(data)[:8] + sign + base64url(data)[8:]


def _spare_bits(data: bytes) -> str:
    """The same bytes, spelled with the bits that the last sign has to spare."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spelled = base64url(data)
    return spelled[:-1] + alphabet[alphabet.index(spelled[-1]) | 1]


def _twice(name: str, wrong: object, *, last: bool) -> Form:
    """A claim that stands there twice, once as it should: readers differ about which of them counts."""

    def form(at: Issuer, claims: Claims) -> str:
        others = json.dumps({key: value for key, value in claims.items() if key != name})[1:-1]
        one, two = [json.dumps(each) for each in (claims.get(name, []), wrong)][:: 1 if last else -1]
        return token(_HEADER, f'{{"{name}": {one}, {others}, "{name}": {two}}}'.encode(), at.keys[0].sign)

    return form


NO_JSON: dict[str, bytes] = {
    "empty": b"",
    "no JSON": b"alg=RS256",
    "an array": b'[{"alg": "RS256"}]',
    "a word": b'"RS256"',
    "a number": b"256",
    "null": b"null",
    "not closed": b'{"alg": "RS256"',
    "with single quotes": b"{'alg': 'RS256'}",
    "nested deeply": b'{"alg": ' + b"[" * 4900,
    "with a number of 5,000 digits": b'{"alg": "RS256", "kid": ' + b"1" * 5000 + b"}",
    "not UTF-8": b'{"alg": "RS256", "kid": "\xff"}',
}

PARTS: dict[str, Form] = {
    "one part": _parts(lambda parts: parts[:1]),
    "two parts": _parts(lambda parts: parts[:2]),
    "four parts": _parts(lambda parts: [*parts, parts[2]]),
    "five parts": lambda at, claims: ".".join(
        [base64url(b'{"alg":"RSA-OAEP-256","enc":"A256GCM"}'), *(base64url(b"0" * n) for n in (256, 12, 64, 16))]
    ),
    "only dots": lambda at, claims: "..",
    "no header": _parts(lambda parts: ["", *parts[1:]]),
    "no claims": _parts(lambda parts: [parts[0], "", parts[2]]),
    "parts swapped": _parts(lambda parts: [parts[1], parts[0], parts[2]]),
    "a dot at its end": _parts(lambda parts: [*parts, ""]),
    "a token in a token": lambda at, claims: token(
        _HEADER | {"cty": "JWT"}, _good(at, claims).encode(), at.keys[0].sign
    ),
    "as JSON": lambda at, claims: json.dumps(
        dict(zip(("protected", "payload", "signature"), _good(at, claims).split("."), strict=True))
    ),
    "percent-encoded": lambda at, claims: _good(at, claims).replace(".", "%2E"),
    "in quotes": lambda at, claims: f'"{_good(at, claims)}"',
    "over 8 KB": lambda at, claims: _good(at, claims | {"filler": "f" * LONGEST}),
    "of a megabyte": lambda at, claims: _good(at, claims) + "A" * 2**20,
    "a megabyte of dots": lambda at, claims: "." * 2**20,
    "no token": lambda at, claims: "undefined",
    "random bytes": lambda at, claims: "\x9f\x1c\x00\xfe.\xc3\x28.\xa0",
    "not base64": lambda at, claims: "!!!.???.***",
    "not ASCII": _parts(lambda parts: [*parts[:2], "\u00e9" + parts[2][1:]]),
    "full stops of another alphabet": lambda at, claims: _good(at, claims).replace(".", "\u3002"),
}

SPELLED: dict[str, Form] = {
    **{
        f"{name} in {part}": _signed(spell, place)
        for place, part in enumerate(("the header", "the claims", "the signature"))
        for name, spell in {
            "padding": _padded,
            "a new line": _broken_by("\n"),
            "a space": _broken_by(" "),
            "a tab": _broken_by("\t"),
            "a sign outside the alphabet": _broken_by("!"),
        }.items()
    },
    "spare bits in the signature": _signed(_spare_bits, 2),
}

JSON: dict[str, Form] = {
    **{f"header {name}": _header(raw) for name, raw in NO_JSON.items()},
    "header in UTF-16": _header(json.dumps(_HEADER).encode("utf-16-le")),
    "header with a mark of its byte order": _header(b"\xef\xbb\xbf" + json.dumps(_HEADER).encode()),
    "header with alg twice, none first": _header(b'{"alg": "none", "kid": "forge-1", "alg": "RS256"}'),
    "header with alg twice, none last": _header(b'{"alg": "RS256", "kid": "forge-1", "alg": "none"}'),
    "header with kid twice, ours first": _header(b'{"alg": "RS256", "kid": "forge-1", "kid": "attacker"}'),
    "header with kid twice, ours last": _header(b'{"alg": "RS256", "kid": "attacker", "kid": "forge-1"}'),
    **{f"claims {name}": _payload(lambda _, raw=raw: raw) for name, raw in NO_JSON.items()},  # type: ignore[misc]
    "claims with exp of 5,000 digits": _payload(lambda text: f'{text[:-1]}, "exp": {"9" * 5000}}}'.encode()),
    "claims in an array": _payload(lambda text: f"[{text}]".encode()),
    "claims in UTF-16": _payload(lambda text: text.encode("utf-16-le")),
    "claims with a mark of their byte order": _payload(lambda text: b"\xef\xbb\xbf" + text.encode()),
    "claims not in UTF-8": _payload(lambda text: text.encode().replace(b'"jti": "', b'"jti": "\xff')),
    "claims with half a surrogate pair": _payload(
        lambda text: text.encode().replace(b'"jti": "', b'"jti": "\xed\xa0\x80')
    ),
    "claims and something behind them": _payload(lambda text: f"{text} {text}".encode()),
    "claims with a comma too many": _payload(lambda text: f"{text[:-1]},}}".encode()),
    "claims with exp beyond all floats": _payload(
        lambda text: text.replace('"exp": ', '"exp": 1e999, "was": ').encode()
    ),
    "claims nested deeply": _payload(lambda text: f'{text[:-1]}, "deep": {"[" * 4900}'.encode()),
}

TWICE: dict[str, Form] = {
    f"{name} twice, the wrong one {'last' if last else 'first'}": _twice(name, wrong, last=last)
    for name, wrong in {
        "sub": "forge-eve",
        "exp": 1,
        "iss": "https://evil.example.com",
        "client_id": "another-client",
        "token_use": "id",
        "cognito:groups": ["service"],
    }.items()
    for last in (True, False)
}

FORMS: dict[str, Form] = PARTS | SPELLED | JSON | TWICE
