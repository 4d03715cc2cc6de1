"""Tokens whose header and claims are good ones, and whose signature is not: name -> what stands in its place."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from tests.forge.keys import Key

# from the key that ought to sign and the message to what stands as a signature
Wrong = Callable[[Key, bytes], bytes]


def _flipped(place: int) -> Wrong:
    def wrong(key: Key, message: bytes) -> bytes:
        good = bytearray(key.sign(message))
        good[place] ^= 1
        return bytes(good)

    return wrong


def _swapped(key: Key, message: bytes) -> bytes:
    good = key.sign(message)
    return good[32:] + good[:32]


def _der(key: Key, message: bytes) -> bytes:
    good = key.sign(message)
    return encode_dss_signature(int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big"))


_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256 (SP 800-186, 3.2.1.3)

ANY_KEY: dict[str, Wrong] = {
    "its first bit flipped": _flipped(0),
    "its last bit flipped": _flipped(-1),
    "cut short": lambda key, message: key.sign(message)[:-1],
    "one byte too long": lambda key, message: key.sign(message) + b"\0",
    "twice": lambda key, message: key.sign(message) * 2,
    "empty": lambda key, message: b"",
    "zeros, as r and s of a curve": lambda key, message: bytes(len(key.sign(message))),
    "of another message": lambda key, message: key.sign(message + b"A"),
    "of the claims without the header": lambda key, message: key.sign(message.split(b".")[1]),
    "the message itself": lambda key, message: message,
}
CURVE_ONLY: dict[str, Wrong] = {
    "r and s swapped": _swapped,
    "r and s in DER": _der,
    "r and s the order of the curve": lambda key, message: _ORDER.to_bytes(32, "big") * 2,
}
