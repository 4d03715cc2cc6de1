"""Each conditional write with others who make it at the same time: one wins, whole, and the others know."""

from collections.abc import Iterator

import pytest
from msgspec import structs

from chassis.refusals import Unavailable
from chassis.table import NotWritten
from chassis.writes import Claim, Copy, Count, Save, Tally
from tests.cups import TABLE, Cup, CupFilled, CupMoved, a_cup, cups, kept, new, write
from tests.gateway import lasting_shop
from tests.racing import lost, race, winner
from tests.shop import Shop

ROUNDS = 12


@pytest.fixture(scope="module", autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def test_of_two_first_versions_one_is_saved_whole() -> None:
    for _ in range(ROUNDS):
        id = new()
        states = [Cup(id=id, level=1, stains=("tea",)), Cup(id=id, level=2, stains=("milk", "milk"))]
        facts: list[tuple[type, ...]] = [(CupFilled,), (CupMoved, CupFilled)]
        saves = [Save(cups.key(id), state, told) for state, told in zip(states, facts, strict=True)]
        won = winner(race(*map(write, saves)), NotWritten)
        assert cups.get(id) == states[won]
        assert [told["fact"] for told in kept(cups.key(id))["outbox"]] == [fact.__name__ for fact in facts[won]]


def test_of_two_next_versions_one_is_saved_and_the_other_finds_it() -> None:
    for _ in range(ROUNDS):
        cup = a_cup()
        cups.save(cup)
        states = [structs.replace(cup, version=2, level=level) for level in (1, 2)]
        outcomes = race(*(write(cups.saving(state)) for state in states))
        won = winner(outcomes, NotWritten)
        assert cups.get(cup.id) == states[won]
        assert outcomes[1 - won].failed[0]["level"] == states[won].level


def test_a_version_that_is_not_the_next_is_not_saved() -> None:
    cup = a_cup()
    cups.save(cup)
    for version in (1, 3, 7):
        with pytest.raises(NotWritten):
            cups.save(structs.replace(cup, version=version, level=9))
    with pytest.raises(NotWritten):
        cups.save(structs.replace(a_cup(), version=2))
    assert cups.get(cup.id) == cup


def test_of_two_copies_the_newer_one_stays() -> None:
    for _ in range(ROUNDS):
        key = f"copy#{new()}"
        versions = [2, 3]
        outcomes = race(*(write(Copy(key, Cup(id="x", version=version))) for version in versions))
        assert 1 not in lost(outcomes, NotWritten)
        assert kept(key)["version"] == 3


def test_of_two_copies_of_one_version_one_is_kept() -> None:
    for _ in range(ROUNDS):
        key = f"copy#{new()}"
        outcomes = race(*(write(Copy(key, Cup(id="x", version=2, level=level))) for level in (1, 2)))
        assert kept(key)["level"] == winner(outcomes, NotWritten) + 1


def test_a_counter_gives_what_it_has_and_no_more() -> None:
    for _ in range(ROUNDS // 2):
        cup = a_cup(level=5)
        cups.save(cup)
        take = Count(cups.key(cup.id), {"level": -1})
        assert len(lost(race(*[write(take)] * 8), NotWritten)) == 3
        assert kept(cups.key(cup.id))["level"] == 0


def test_of_two_counts_that_expect_the_same_one_is_made() -> None:
    for _ in range(ROUNDS):
        cup = a_cup(level=5)
        cups.save(cup)
        counts = [Count(cups.key(cup.id), {"level": by}, expect={"level": 5}) for by in (1, 2)]
        won = winner(race(*map(write, counts)), NotWritten)
        assert kept(cups.key(cup.id))["level"] == 5 + won + 1


def test_nothing_is_counted_where_nothing_is() -> None:
    with pytest.raises(NotWritten):
        TABLE.write(Count(f"cup#{new()}", {"level": 1}))


def test_of_two_claims_one_is_granted() -> None:
    for _ in range(ROUNDS):
        key = f"name#{new()}"
        won = winner(race(*(write(Claim(key, owner)) for owner in "ab")), NotWritten)
        assert kept(key)["owned_by"] == "ab"[won]


def test_a_claim_may_be_made_again_by_its_owner() -> None:
    key = f"name#{new()}"
    TABLE.write(Claim(key, "a"))
    TABLE.write(Claim(key, "a"))
    with pytest.raises(NotWritten):
        TABLE.write(Claim(key, "b"))


def test_however_many_count_at_once_a_tally_stays_within_its_limit() -> None:
    for _ in range(ROUNDS):
        key = f"limit#{new()}"
        outcomes = race(*[write(Tally(key, 3, 99))] * 6)
        assert len(lost(outcomes, NotWritten)) == 3
        assert kept(key) == {"pk": key, "hits": 3, "expires": 99}


def test_of_two_transactions_that_want_one_name_only_one_leaves_anything() -> None:
    for _ in range(ROUNDS):
        name, both = f"name#{new()}", [a_cup(), a_cup()]
        outcomes = race(*(write(cups.saving(cup), Claim(name, cup.id)) for cup in both))
        won = winner(outcomes, NotWritten)
        assert list(outcomes[1 - won].failed) == [1]
        assert kept(name)["owned_by"] == both[won].id
        assert (cups.get(both[won].id), cups.get(both[1 - won].id)) == (both[won], None)


def test_no_change_is_lost_however_many_make_one() -> None:
    cup = a_cup()
    cups.save(cup)

    def fill() -> int:
        return sum(filled() for _ in range(8))

    def filled() -> bool:
        try:
            cups.change(cup.id, more)
        except Unavailable:
            return False
        return True

    def more(found: Cup | None) -> tuple[Cup, list[type]]:
        assert found is not None
        return structs.replace(found, version=found.version + 1, level=found.level + 1), [CupFilled]

    made = sum(race(*[fill] * 6))
    after = cups.get(cup.id)
    assert after is not None
    assert (after.level, after.version) == (made, made + 1)
    assert made >= 40  # nearly all get through, for whoever lost waits a random while


def test_a_change_that_is_none_writes_nothing() -> None:
    cup = a_cup()
    cups.save(cup)
    assert cups.change(cup.id, lambda found: None) == cup
    assert cups.change(new(), lambda found: None) is None


def test_a_change_that_is_refused_writes_nothing() -> None:
    cup = a_cup()
    cups.save(cup)

    def refuse(found: Cup | None) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cups.change(cup.id, refuse)
    assert cups.get(cup.id) == cup


def test_a_change_is_decided_anew_over_what_came_between() -> None:
    cup = a_cup()
    cups.save(cup)
    seen: list[int] = []

    def more(found: Cup | None) -> tuple[Cup, list[type]]:
        assert found is not None
        seen.append(found.level)
        if len(seen) == 1:
            cups.save(structs.replace(found, version=2, level=10))
        return structs.replace(found, version=found.version + 1, level=found.level + 1), []

    changed = cups.change(cup.id, more)
    assert seen == [0, 10]
    assert changed == cups.get(cup.id) == structs.replace(cup, version=3, level=11)


def test_a_change_whose_companion_fails_is_not_tried_again() -> None:
    cup, name = a_cup(), f"name#{new()}"
    cups.save(cup)
    TABLE.write(Claim(name, "another"))
    filled = structs.replace(cup, version=2, level=1)
    with pytest.raises(NotWritten) as failed:
        cups.change(cup.id, lambda found: (filled, []), also=lambda before, after: [Claim(name, cup.id)])
    assert failed.value.failed == {1: {"pk": name, "owned_by": "another"}}
    assert cups.get(cup.id) == cup
