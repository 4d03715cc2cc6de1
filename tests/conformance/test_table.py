"""The chassis's own table, aggregates and writes come to the same on every engine."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from msgspec import Struct, structs

from chassis.aggregates import Aggregates
from chassis.table import Index, NotWritten, Table
from chassis.writes import Claim, Count, Write
from tests.conformance.clouds import INDEX, Small

SHELF = Index(INDEX, "shelf", "place")


class Cup(Struct, frozen=True, kw_only=True):
    """An aggregate; `room` and `spot` say where its list has it."""

    id: str
    version: int = 1
    level: int = 0
    stains: tuple[str, ...] = ()
    room: str = "top"
    spot: str = "1"


class CupFilled: ...


table = Table("CUPS_TABLE")
cups = Aggregates(table, "cup", Cup, lambda cup: {"shelf": cup.room, "place": cup.spot} if cup.room else {})


def fill(by: int) -> Callable[[Cup | None], tuple[Cup, Sequence[type]]]:
    def decide(cup: Cup | None) -> tuple[Cup, Sequence[type]]:
        assert cup is not None
        return structs.replace(cup, version=cup.version + 1, level=cup.level + by), (CupFilled,)

    return decide


def refused(*writes: Write) -> dict[int, Any]:
    """The places of the writes whose condition did not hold, and the level that was found there."""
    with pytest.raises(NotWritten) as lost:
        table.write(*writes)
    return {place: found and found.get("level") for place, found in lost.value.failed.items()}


def test_a_state_is_read_as_it_was_saved(small: Small) -> None:
    cup = Cup(id="a", stains=("tea", "milk"), level=3)
    cups.save(cup)
    assert (cups.get("a"), cups.get("b")) == (cup, None)


def test_a_save_that_is_sent_again_is_done_and_anothers_is_not(small: Small) -> None:
    cup = Cup(id="a")
    cups.save(cup, (CupFilled,))
    cups.save(cup, (CupFilled,))
    assert refused(cups.saving(structs.replace(cup, level=1), (CupFilled,))) == {0: 0}


def test_who_comes_late_decides_anew_on_what_is_there(small: Small) -> None:
    cups.save(Cup(id="a"))
    late = cups.get("a")
    cups.change("a", fill(by=1))
    assert cups.change("a", fill(by=2), known=late) == Cup(id="a", version=3, level=3)


def test_a_transaction_tells_which_of_its_conditions_did_not_hold(small: Small) -> None:
    for name, level in (("a", 5), ("b", 1)):
        cups.save(Cup(id=name, level=level))
    table.write(Claim("name#mine", "me"))
    counts = [Count(cups.key(name), {"level": -2}) for name in ("a", "b", "none")]
    assert refused(*counts, Claim("name#mine", "you"), cups.saving(Cup(id="c"))) == {1: 1, 2: None, 3: None}
    assert [found and found.level for found in map(cups.get, "abc")] == [5, 1, None]
    table.write(counts[0], cups.saving(Cup(id="c")), Claim("name#mine", "me"))
    assert [found and (found.level, found.version) for found in map(cups.get, "ac")] == [(3, 2), (0, 1)]


def test_many_are_read_at_once_however_many_and_each_once(small: Small) -> None:
    names = [f"{number:03d}" for number in range(101)]
    for name in names:
        cups.save(Cup(id=name, room=""))
    found = table.get_many([*map(cups.key, names), "cup#none", cups.key(names[0])])
    assert found.keys() == set(map(cups.key, names))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 6])
@pytest.mark.parametrize("newest_first", [False, True])
def test_pages_show_each_of_a_list_once_in_its_order(small: Small, limit: int, newest_first: bool) -> None:
    for number in range(5):
        cups.save(Cup(id=f"c{number}", spot=str(number)))
    cups.save(Cup(id="elsewhere", room="low"))
    seen: list[str] = []
    page = cups.list(SHELF, "top", limit, newest_first=newest_first)
    seen += [cup.id for cup in page.items]
    while page.after:
        page = cups.list(SHELF, "top", limit, page.after, newest_first=newest_first)
        assert page.items  # no page is empty, the last one neither
        seen += [cup.id for cup in page.items]
    assert seen == sorted((f"c{number}" for number in range(5)), reverse=newest_first)


def test_a_list_ends_where_it_is_told_to(small: Small) -> None:
    for number in range(5):
        cups.save(Cup(id=f"c{number}", spot=str(number)))
    assert table.page(SHELF, "top", 9, up_to="2").keys == ("cup#c0", "cup#c1", "cup#c2")


def test_what_leaves_a_list_is_in_it_no_more(small: Small) -> None:
    cups.save(Cup(id="a"))
    cups.save(Cup(id="a", version=2, room=""))
    assert cups.list(SHELF, "top", 9).items == ()
