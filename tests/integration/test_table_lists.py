"""Many items at once: by their keys, and page by page by an index."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from chassis import aws, clock
from chassis.aggregates import Listing
from chassis.refusals import Unavailable
from chassis.table import ATTEMPTS, PAUSE
from tests.cups import BY_SHELF, TABLE, Between, Cup, a_cup, cups, new
from tests.gateway import lasting_shop
from tests.shop import Shop


@pytest.fixture(scope="module", autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


@pytest.fixture(autouse=True)
def _real_clients() -> Iterator[None]:
    yield
    aws.use(None)


def test_a_hundred_keys_and_more_are_read_once_each() -> None:
    made = [a_cup(level=level) for level in range(130)]
    for cup in made:
        cups.save(cup)
    asked: list[int] = []

    def counted(**request: Any) -> Any:
        [keys] = [each["Keys"] for each in request["RequestItems"].values()]
        asked.append(len(keys))
        return cloud.real.batch_get_item(**request)

    cloud = Between(batch_get_item=counted)
    wanted = [cups.key(cup.id) for cup in made]
    found = TABLE.get_many([*wanted, "cup#none", *wanted[:50], wanted[0]])
    assert {key: item["level"] for key, item in found.items()} == {cups.key(cup.id): cup.level for cup in made}
    assert asked == [100, 31]


def test_keys_that_were_left_over_are_asked_for_again() -> None:
    made = [a_cup() for _ in range(5)]
    for cup in made:
        cups.save(cup)
    clock.use(None, lambda seconds: None)

    def one_at_a_time(**request: Any) -> Any:
        [(name, asked)] = request["RequestItems"].items()
        first, left = asked["Keys"][:1], asked["Keys"][1:]
        got = cloud.real.batch_get_item(RequestItems={name: asked | {"Keys": first}})
        return got | {"UnprocessedKeys": {name: asked | {"Keys": left}} if left else {}}

    cloud = Between(batch_get_item=one_at_a_time)
    assert len(TABLE.get_many(cups.key(cup.id) for cup in made)) == 5


def test_keys_that_are_left_over_for_ever_are_given_up_after_pauses_that_double() -> None:
    longest = list[float]()
    clock.use(None, longest.append)
    random.seed(1)

    def none(**request: Any) -> Any:
        return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}

    Between(batch_get_item=none)
    with pytest.raises(Unavailable):
        TABLE.get_many(["cup#any"])
    assert len(longest) == ATTEMPTS - 1
    assert all(pause <= PAUSE * 2**place for place, pause in enumerate(longest))


def test_no_keys_are_no_call() -> None:
    Between(batch_get_item=pytest.fail)
    assert TABLE.get_many([]) == {}


def a_shelf(places: str) -> tuple[str, dict[str, Cup]]:
    """A shelf with a cup at each place, and the cups by their place."""
    shelf = f"shelf-{new()}"
    made = {place: a_cup(shelf=shelf, place=place) for place in places}
    for cup in made.values():
        cups.save(cup)
    return shelf, made


def pages(shelf: str, limit: int, newest_first: bool = False) -> list[str]:
    """The places on each page, until the end."""
    page: Listing[Cup] = cups.list(BY_SHELF, shelf, limit, newest_first=newest_first)
    shown = ["".join(cup.place for cup in page.items)]
    while page.after:
        page = cups.list(BY_SHELF, shelf, limit, page.after, newest_first=newest_first)
        shown.append("".join(cup.place for cup in page.items))
    return shown


@pytest.mark.parametrize(
    ("limit", "forward", "backward"),
    [
        (1, ["a", "b", "c", "d", "e", "f"], ["f", "e", "d", "c", "b", "a"]),
        (2, ["ab", "cd", "ef"], ["fe", "dc", "ba"]),
        (4, ["abcd", "ef"], ["fedc", "ba"]),
        (5, ["abcde", "f"], ["fedcb", "a"]),
        (6, ["abcdef"], ["fedcba"]),
        (7, ["abcdef"], ["fedcba"]),
        (100, ["abcdef"], ["fedcba"]),
    ],
)
def test_a_list_shows_each_once_in_order_and_ends_without_an_empty_page(
    limit: int, forward: list[str], backward: list[str]
) -> None:
    shelf, _ = a_shelf("cafbed")
    assert pages(shelf, limit) == forward
    assert pages(shelf, limit, newest_first=True) == backward


def test_an_empty_list_is_one_empty_page() -> None:
    assert pages(new(), 1) == [""]


def test_a_list_has_nothing_of_another() -> None:
    shelf, _ = a_shelf("ab")
    a_shelf("ab")
    assert pages(shelf, 10) == ["ab"]


def test_a_list_can_end_at_a_place() -> None:
    shelf, made = a_shelf("abcd")
    page = TABLE.page(BY_SHELF, shelf, 10, up_to="c")
    assert page.keys == tuple(cups.key(made[place].id) for place in "abc")
    assert page.after is None


def test_what_left_a_list_since_its_index_was_written_is_not_shown() -> None:
    """An index is eventually consistent: it may still name what was moved or deleted."""
    shelf, made = a_shelf("abcd")

    def later(**request: Any) -> Any:
        moved = structs.replace(made["b"], version=2, shelf="elsewhere")
        Between()
        cups.save(moved)
        cloud.real.delete_item(TableName=TABLE.name, Key={"pk": {"S": cups.key(made["c"].id)}})
        return cloud.real.batch_get_item(**request)

    cloud = Between(batch_get_item=later)
    page = cups.list(BY_SHELF, shelf, 3)
    assert [cup.place for cup in page.items] == ["a"]
    assert pages_after(shelf, page) == ["d"]


def pages_after(shelf: str, page: Listing[Cup]) -> list[str]:
    return [cup.place for cup in cups.list(BY_SHELF, shelf, 3, page.after).items]


def test_a_list_is_shown_as_it_is_now_not_as_its_index_had_it() -> None:
    shelf, made = a_shelf("a")
    cups.save(structs.replace(made["a"], version=2, level=7))
    assert [cup.level for cup in cups.list(BY_SHELF, shelf, 1).items] == [7]
