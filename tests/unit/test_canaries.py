"""What looks for canaries finds them: a search that finds nothing anywhere would prove anything."""

import base64
import hashlib
from urllib.parse import quote

import pytest

from tests.canaries import hashed, met, text

CANARY, OTHER = "Zq7-Ada Lövelin", "Zq8-Bob Löwenda"


@pytest.mark.parametrize(
    "found",
    [
        CANARY,
        CANARY.upper(),
        text({"a": [CANARY]}),
        f"{{'x': '{quote(CANARY)}'}}",
        '"Zq7-Ada L\\u00f6velin"',
        CANARY.encode().hex(),
        *(base64.b64encode(b"x" * before + CANARY.encode() + b"yy").decode() for before in range(4)),
        base64.urlsafe_b64encode(b"~?" + CANARY.encode()).decode(),
    ],
)
def test_a_canary_is_met_in_any_plain_shape(found: str) -> None:
    assert met([CANARY, OTHER], "nothing", f"before {found} after") == [CANARY]


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_a_canary_is_met_as_a_fast_hash(name: str) -> None:
    digest = hashlib.new(name, CANARY.encode(), usedforsecurity=False)
    for found in (digest.hexdigest(), digest.hexdigest().upper(), base64.b64encode(digest.digest()).decode()):
        assert hashed([CANARY, OTHER], f"before {found} after") == [CANARY]


def test_what_is_not_there_is_not_met() -> None:
    assert (met([CANARY], "Zq7-Ada", CANARY[:-1]), hashed([CANARY], CANARY, "abc")) == ([], [])
