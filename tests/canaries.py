"""Canaries: words that stand nowhere but where they were put, and all shapes in which one could be met again."""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

HASHES = ("md5", "sha1", "sha256", "sha512")


def met(canaries: Iterable[str], *texts: str) -> list[str]:
    """Those that stand in a text as they are, in another case, or as something plain makes them."""
    everything = "\n".join(texts)
    folded = everything.casefold()
    return [
        canary
        for canary in canaries
        if canary.casefold() in folded or any(shape in everything for shape in _shapes(canary.encode()))
    ]


def hashed(canaries: Iterable[str], *texts: str) -> list[str]:
    """Those of which a fast hash stands in a text: whoever has it tries words until one fits."""
    everything = "\n".join(texts).casefold()
    return [canary for canary in canaries if any(each in everything for each in _hashes(canary))]


def _shapes(raw: bytes) -> Iterator[str]:
    """In base64 at each of the three places within a group, less what its neighbours have a part in."""
    for before in range(3):
        encoded = base64.b64encode(bytes(before) + raw)
        yield from (each[4 if before else 0 : -4].decode() for each in (encoded, encoded.translate(_URL)))
    yield raw.hex()
    yield quote(raw, safe="")
    yield json.dumps(raw.decode())[1:-1]


_URL = bytes.maketrans(b"+/", b"-_")


def _hashes(canary: str) -> Iterator[str]:
    for text in {canary, canary.casefold(), canary.strip()}:
        for name in HASHES:
            digest = hashlib.new(name, text.encode(), usedforsecurity=False).digest()
            # the half of it, too: what is cut short is no harder to try
            yield digest.hex()[: len(digest)]
            yield base64.b64encode(digest).decode().casefold()[: len(digest) // 2]


def text(value: Any) -> str:
    """All that a plain value holds, as text that can be searched."""
    return json.dumps(value, default=str, ensure_ascii=False)
