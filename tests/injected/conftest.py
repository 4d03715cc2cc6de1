"""One cloud for all lives of a module, and what each comes to without a fault."""

from collections.abc import Iterator
from functools import cache

import pytest

from tests.injected.plans import Undisturbed
from tests.injected.run import Stage, opened


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> Undisturbed:
    """What a life comes to where nothing goes wrong."""
    return cache(stage.live)
