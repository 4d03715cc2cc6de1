"""Whatever is written, in whatever order, all engines answer and hold the same, and their streams tell the same."""

import random
from typing import Any

import pytest

from chassis.writes import Claim, Copy, Count, Save, Tally, Write
from infra.local.dynamodb_local.engine import Engine
from tests.conformance import clouds
from tests.conformance.clouds import IN_MEMORY, LOCAL, MOTO, TABLE, Small
from tests.conformance.cups import Cup, make, page


def a_write(chance: random.Random, key: str) -> Write:
    """Any of the writes there are, on one of few keys: most meet another one."""
    version, level = chance.randint(1, 4), chance.randint(-3, 3)
    index = {"shelf": chance.choice(["top", "low"]), "place": str(chance.randint(1, 9))}
    kinds: list[Write] = [
        Save(key, Cup(version, abs(level)), facts=(Cup,) * chance.randint(0, 1), index=index),
        Copy(key, Cup(version, abs(level))),
        Count(key, {"level": level}, expect={"level": chance.randint(0, 3)} if chance.random() < 0.3 else {}),
        Claim(f"name-{key}", chance.choice(["me", "you"])),
        Tally(f"tally-{key}", at_most=3, expires=7),
    ]
    return chance.choice(kinds)


def held(small: Small) -> dict[str, Any]:
    """Every item, and what the stream tells of it."""
    if small.engine == IN_MEMORY:
        items = dict(small.dynamodb.tables[TABLE].items)
    else:
        items = {each["pk"]["S"]: each for each in small.dynamodb.scan(TableName=TABLE)["Items"]}
    return {key: (item, small.told(key)) for key, item in items.items()}


@pytest.mark.parametrize("other", [MOTO, LOCAL])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_the_engines_do_not_differ(
    cloud: None, request: pytest.FixtureRequest, seed: int, other: str
) -> None:
    local: Engine | None = request.getfixturevalue("local") if other == LOCAL else None
    chance, memory, real = random.Random(seed), clouds.make(IN_MEMORY), clouds.make(other, local)
    for _ in range(100):
        keys = chance.sample("abcde", chance.choice([1, 1, 2, 3]))
        writes = [a_write(chance, key) for key in keys]
        assert make(memory, *writes) == make(real, *writes), writes
        assert page(memory)[0] == page(real)[0]
    found = held(memory), held(real)
    if local:
        real.dynamodb.delete_table(TableName=TABLE)
    assert found[0] == found[1]
