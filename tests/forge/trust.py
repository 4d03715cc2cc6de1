"""The apps told to trust the tests' own issuer, and nobody else, for as long as a test takes."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from chassis import keys
from tests.forge.issuer import Issuer


@contextmanager
def trusting(issuer: Issuer) -> Iterator[None]:
    """Sets what a deployment sets, with the issuer's documents at hand; its keys are forgotten afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IDENTITY_ISSUER", issuer.url)
        patch.setenv("IDENTITY_CLIENT_IDS", f"{issuer.client},{issuer.other_client}")
        patch.setenv("IDENTITY_JWKS_URL", f"{issuer.url}/.well-known/jwks.json")
        keys.use(lambda url: msgspec.json.encode(issuer.jwks()))
        yield
    keys.use(None)
