"""Key pairs, made once a process, that sign whatever they are asked to: also what no honest library would."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Sign = Callable[[bytes], bytes]
_HASHES: dict[str, HashAlgorithm] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}


@dataclass(frozen=True)
class Key:
    """A key pair with the name and the algorithm under which its issuer shows it."""

    kid: str
    alg: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    def sign(self, message: bytes, alg: str | None = None) -> bytes:
        """The signature as JWS wants it (RFC 7518), by another algorithm where one is named that the key can do."""
        alg = alg or self.alg
        digest = _HASHES[alg[2:]]
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return raw(self.private.sign(message, ec.ECDSA(digest)), (self.private.key_size + 7) // 8)
        pss = padding.PSS(padding.MGF1(digest), digest.digest_size)
        return self.private.sign(message, pss if alg.startswith("PS") else padding.PKCS1v15(), digest)

    def jwk(self) -> dict[str, Any]:
        """The public half as an issuer shows it (RFC 7517)."""
        told = {"kid": self.kid, "alg": self.alg, "use": "sig"}
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            return told | {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        point, size = public.public_numbers(), (public.key_size + 7) // 8
        return told | {
            "kty": "EC",
            "crv": f"P-{public.key_size}",
            "x": _number(point.x, size),
            "y": _number(point.y, size),
        }

    def pem(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def der(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def raw(der: bytes, size: int) -> bytes:
    """An ECDSA signature as two numbers of equal length, one after the other."""
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(der))


def mac(secret: bytes, alg: str) -> Sign:
    """Signs with a shared secret: what a verifier does that takes a public key for one."""
    return lambda message: hmac.new(secret, message, getattr(hashlib, f"sha{alg[2:]}")).digest()


@cache
def rsa_key(kid: str) -> Key:
    return Key(kid, "RS256", rsa.generate_private_key(65537, 2048))


@cache
def ec_key(kid: str) -> Key:
    return Key(kid, "ES256", ec.generate_private_key(ec.SECP256R1()))


@cache
def p384_key(kid: str) -> Key:
    return Key(kid, "ES384", ec.generate_private_key(ec.SECP384R1()))


def _number(value: int, size: int | None = None) -> str:
    return base64url(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))
