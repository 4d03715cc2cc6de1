"""Tokens whose header would have them verified otherwise: name -> what is changed in a good header, and who signs."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding

from tests.forge.certificates import certificate
from tests.forge.issuer import CURVE, FIRST, LEFT_OUT, SECOND, Issuer, unsigned
from tests.forge.keys import Key, Sign, base64url, ec_key, mac, p384_key, rsa_key

Header = dict[str, Any]
Forged = Callable[[Issuer], tuple[Header, Sign]]
ELSEWHERE = "https://evil.example.com"


def attacker() -> Key:
    """A key pair as good as the issuer's, which the issuer does not show."""
    return rsa_key("attacker")


def _alg(alg: Any, sign: Sign = unsigned, **header: Any) -> Forged:
    return lambda at: ({"alg": alg, **header}, sign)


def _by_attacker(**header: Any) -> Forged:
    return lambda at: (header, attacker().sign)


def _by_issuer(**header: Any) -> Forged:
    return lambda at: (header, at.keys[0].sign)


def _another_way(alg: str, key: int = 0) -> Forged:
    """Really signed by the issuer's own key, by an algorithm that we do not take."""
    return lambda at: ({"alg": alg, "kid": at.keys[key].kid}, lambda message: at.keys[key].sign(message, alg))


def _mac(alg: str, secret: Callable[[Key], bytes], **header: Any) -> Forged:
    return lambda at: ({"alg": alg, **header}, mac(secret(at.keys[0]), alg))


UNSIGNED: dict[str, Forged] = {
    **{f"alg {alg}": _alg(alg) for alg in ("none", "None", "NONE", "nOnE")},
    "alg none without kid": _alg("none", kid=LEFT_OUT),
    "alg none with a signature": lambda at: ({"alg": "none"}, at.keys[0].sign),
    "alg none with an attacker's signature": lambda at: ({"alg": "none"}, attacker().sign),
    "alg missing": _alg(LEFT_OUT),
    "alg missing with a signature": lambda at: ({"alg": LEFT_OUT}, at.keys[0].sign),
    **{f"alg {alg!r}": _alg(alg, attacker().sign) for alg in ("", "rs256", "RS256 ", "RSA", "HS256,RS256")},
    **{f"alg {alg!r}": _alg(alg) for alg in ("none ", None, 0, True, ["RS256"], ["none"], {"RS256": 1})},
}

ALGORITHM: dict[str, Forged] = {
    **{f"{alg} keyed with the public key in PEM": _mac(alg, Key.pem) for alg in ("HS256", "HS384", "HS512")},
    **{f"{alg} keyed with the public key in DER": _mac(alg, Key.der) for alg in ("HS256", "HS384", "HS512")},
    "HS256 keyed with the PEM without its last line end": _mac("HS256", lambda key: key.pem().rstrip()),
    "HS256 keyed with the JWK": _mac("HS256", lambda key: str(key.jwk()).replace("'", '"').encode()),
    "HS256 keyed with the modulus": _mac("HS256", lambda key: key.jwk()["n"].encode()),
    "HS256 keyed with the kid": _mac("HS256", lambda key: key.kid.encode()),
    "HS256 keyed with nothing": _mac("HS256", lambda key: b""),
    "HS256 keyed with a word": _mac("HS256", lambda key: b"secret"),
    **{alg: _another_way(alg) for alg in ("RS384", "RS512", "PS256", "PS384", "PS512")},
    "ES384 by the P-256 key": _another_way("ES384", 2),
    "ES384 by a P-384 key": lambda at: ({"alg": "ES384", "kid": CURVE}, p384_key("attacker-curve").sign),
    "RS256 in name, signed by the EC key": lambda at: ({"alg": "RS256", "kid": CURVE}, at.keys[2].sign),
    "RS256 by the RSA key under the kid of the EC key": _by_issuer(kid=CURVE),
    "ES256 in name, signed by the RSA key": lambda at: ({"alg": "ES256"}, at.keys[0].sign),
    "ES256 by the EC key under the kid of the RSA key": lambda at: ({"alg": "ES256"}, at.keys[2].sign),
    "ES256 by an attacker's EC key": lambda at: ({"alg": "ES256", "kid": CURVE}, ec_key("attacker-ec").sign),
    "an algorithm for encryption": _alg("RSA-OAEP", attacker().sign, enc="A256GCM"),
    "an algorithm that nobody knows": _alg("XS256", attacker().sign),
}

KID: dict[str, Forged] = {
    "an attacker's key under the issuer's kid": _by_attacker(),
    "an attacker's key under its own kid": _by_attacker(kid="attacker"),
    "kid missing": _by_issuer(kid=LEFT_OUT),
    "kid missing, an attacker's key": _by_attacker(kid=LEFT_OUT),
    "kid of the issuer's other key": _by_issuer(kid=SECOND),
    "kid in capitals": _by_issuer(kid=FIRST.upper()),
    "kid with a space": _by_issuer(kid=FIRST + " "),
    "kid with a new line": _by_attacker(kid=FIRST + "\nlevel=info"),
    "kid of 4,000 signs": _by_attacker(kid="k" * 4000),
    "kid with half a surrogate pair": _by_attacker(kid="\ud800"),
    "kid a path": _mac("HS256", lambda key: b"", kid="../../../../../../dev/null"),
    "kid an injection": _mac("HS256", lambda key: b"secret", kid="x' UNION SELECT 'secret"),
    "kid an address": _by_attacker(kid=f"{ELSEWHERE}/jwks.json"),
    **{f"kid {kid!r}": _by_issuer(kid=kid) for kid in ("", None, 1, True, [FIRST], {"kid": FIRST})},
}


@cache
def _certificate() -> str:
    """The attacker's key in a certificate, as x5c has it."""
    return base64.b64encode(certificate(attacker()).public_bytes(Encoding.DER)).decode()


# Each brings the key along, or says where it is. A verifier that asks the token for its key takes all of them.
BROUGHT: dict[str, Forged] = {
    "jwk with the attacker's key": lambda at: ({"jwk": attacker().jwk()}, attacker().sign),
    "jwk with the attacker's key under our kid": lambda at: (
        {"jwk": attacker().jwk() | {"kid": FIRST}},
        attacker().sign,
    ),
    "jwk and no kid": lambda at: ({"jwk": attacker().jwk(), "kid": LEFT_OUT}, attacker().sign),
    "jwk a shared secret": lambda at: (
        {"alg": "HS256", "jwk": {"kty": "oct", "k": base64url(b"secret" * 8)}},
        mac(b"secret" * 8, "HS256"),
    ),
    "jku": _by_attacker(jku=f"{ELSEWHERE}/jwks.json", kid="attacker"),
    "jku and our kid": _by_attacker(jku=f"{ELSEWHERE}/jwks.json"),
    "jku that begins like ours": lambda at: ({"jku": f"{at.url}@evil.example.com/jwks.json"}, attacker().sign),
    "jku of the machine itself": _by_attacker(jku="http://169.254.169.254/latest/meta-data/", kid="attacker"),
    "jku a file": _by_attacker(jku="file:///etc/passwd", kid="attacker"),
    "x5u": _by_attacker(x5u=f"{ELSEWHERE}/key.pem", kid="attacker"),
    "x5c": lambda at: ({"x5c": [_certificate()]}, attacker().sign),
    "x5c and no kid": lambda at: ({"x5c": [_certificate()], "kid": LEFT_OUT}, attacker().sign),
}

EXTENDED: dict[str, Forged] = {
    "crit with an extension that we do not know": _by_issuer(crit=["exp2"], exp2=1),
    "crit with what is not there": _by_issuer(crit=["exp2"]),
    "crit empty": _by_issuer(crit=[]),
    "crit a word": _by_issuer(crit="alg"),
    "crit null": _by_issuer(crit=None),
    "b64 false": _by_issuer(b64=False),
    "b64 false and critical": _by_issuer(b64=False, crit=["b64"]),
}

HEADERS: dict[str, Forged] = UNSIGNED | ALGORITHM | KID | BROUGHT | EXTENDED
