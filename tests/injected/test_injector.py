"""What a fault is to whoever asks, and to the table: each kind is what it says, on the SDK's own way."""

import pytest

from tests.injected.injector import KINDS
from tests.injected.people import People
from tests.injected.run import Stage
from tests.injected.world import OnMoto
from tests.simulation.requests import Asked
from tests.tokens import STAFF

WRITE = 1  # the call after the authorizer's
TEA = {"sku": "tea", "name": "Tea", "price": {"amount": 349, "currency": "USD"}}
COMES_TO = {
    "crash before a call": (None, False),
    "crash after a call": (None, True),
    "throttled": (503, False),
    "timed out, not done": (503, False),
    "timed out, but done": (503, True),
    "throttled, sent again by the client": (201, True),
    "answer lost, sent again by the client": (201, True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_is_answered_and_written_as_its_name_says(stage: Stage, kind: str) -> None:
    world = OnMoto(stage.shop, stage.injector, {WRITE: kind})
    with world.entered():
        answer = People(world).send(Asked(STAFF, "POST", "/products", TEA))
    assert (answer and answer.status, "product#tea" in world.dynamodb.tables["products"].items) == COMES_TO[kind]


def test_a_life_begins_with_nothing_of_another(stage: Stage) -> None:
    for _ in range(2):
        world = OnMoto(stage.shop, stage.injector, {})
        assert [stage.shop.everything(name) for name in world.apps] == [[], [], []]
        with world.entered():
            People(world).staff("POST", "/products", TEA)
