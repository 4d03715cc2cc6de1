"""Nobody sets by a request what is not his to set: a field that a door does not name is refused."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect
from msgspec.inspect import StructType, Type, UnionType, VarTupleType

from chassis import clock
from tests import bad_input
from tests.access import DOORS
from tests.bad_input import Path
from tests.gateway import lasting_shop
from tests.shop import Shop, alike
from tests.tokens import STAFF

PRICE = {"amount": 1, "currency": "USD"}
# What somebody would like to set: of another's, of the money, of who he is, and of how things are kept.
WANTED: dict[str, Any] = {
    "id": "other",
    "pk": "customer#other",
    "customer_id": "other",
    "owned_by": "other",
    "status": "active",
    "price": PRICE,
    "total": PRICE,
    "unit_price": PRICE,
    "version": 1,
    "made_by": "x/y",
    "created_at": "2020-01-01T00:00:00Z",
    "signed_out_at": None,
    "erased_at": None,
    "tell_at": "2020-01-01T00:00:00Z/0",
    "tell_shard": "0",
    "expires": 1,
    "closed": False,
    "outbox": [],
    "role": "staff",
    "kind": "staff",
    "is_staff": True,
    "groups": ["staff"],
    "cognito:groups": ["staff"],
    "actor": "system",
    "__class__": "Customer",
    "__struct_config__": {},
}
# Where one of these words names what whoever may use the door sets indeed.
MEANT = {
    ("POST /products", "price"),
    ("POST /products", "status"),
    ("PATCH /products/{sku}", "price"),
    ("PATCH /products/{sku}", "status"),
    ("POST /orders", "customer_id"),  # staff's alone: see test_ownership
}
TAKING = [door for door in DOORS if not door.startswith("GET")]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        clock.use(None, lambda seconds: None)
        product = {"sku": "tea", "name": "Tea", "price": PRICE}
        assert shop.call("POST", "/products", product).status == 201
        shop.customer("ada")
        shop.settle()
        yield shop


@pytest.fixture(scope="module")
def names(shop: Shop) -> dict[str, str]:
    placed = shop.call("POST", "/orders", {"customer_id": "ada", "lines": [{"sku": "tea", "quantity": 1}]})
    return {"customer_id": "ada", "sku": "tea", "order_id": placed.body["id"]}


def objects(type: Type, path: Path = ()) -> Iterator[tuple[Path, set[str]]]:
    """Every object within a body: where it is, and the fields that it has."""
    match type:
        case UnionType(types=types):
            for each in types:
                yield from objects(each, path)
        case VarTupleType(item_type=item):
            yield from objects(item, (*path, 0))
        case StructType(fields=fields):
            yield path, {field.encode_name for field in fields}
            for field in fields:
                yield from objects(field.type, (*path, field.encode_name))


def with_field(whole: Any, path: Path, name: str, value: Any) -> Any:
    changed = copy.deepcopy(whole)
    holder = changed
    for step in path:
        holder = holder[step]
    holder[name] = value
    return changed


def kept(shop: Shop) -> dict[str, Any]:
    """All that stands in all tables, and all accounts."""
    tables: dict[str, Any] = {name: shop.everything(name) for name in shop.apps}
    [pool] = shop.clients.cognito.list_user_pools(MaxResults=1)["UserPools"]
    return tables | {"accounts": shop.clients.cognito.list_users(UserPoolId=pool["Id"])["Users"]}


def caller(door: str) -> str:
    """Somebody who may use the door."""
    return STAFF if DOORS[door][1].role == "staff" else "customer:ada"


def test_a_word_that_would_be_worth_much_is_a_field_only_where_it_is_meant_to_be() -> None:
    found = {
        (door, name)
        for door in DOORS
        for path, fields in objects(inspect.type_info(DOORS[door][1].takes))
        for name in WANTED
        if name in fields
    }
    assert found == MEANT


@pytest.mark.parametrize("door", TAKING)
def test_what_a_door_does_not_take_is_refused_where_it_stands_and_nothing_is_changed(
    shop: Shop, names: dict[str, str], door: str
) -> None:
    takes = inspect.type_info(DOORS[door][1].takes)
    method, _, path = door.format(**names).partition(" ")
    right, before = bad_input.right(takes), kept(shop)
    for at, fields in objects(takes):
        for name in WANTED.keys() - fields:
            refused = shop.call(method, path, with_field(right, at, name, WANTED[name]), by=caller(door), if_match="*")
            assert refused.status == 422, (name, refused.body)
            assert [each["pointer"] for each in refused.body["errors"]] == [bad_input.pointer((*at, name))]
    assert kept(shop) == before


@pytest.mark.parametrize("door", DOORS)
def test_what_a_door_does_not_ask_is_refused_in_its_query_too(shop: Shop, names: dict[str, str], door: str) -> None:
    _, found = DOORS[door]
    asked = {field.encode_name for field in inspect.type_info(found.query).fields}  # type: ignore[attr-defined]  # a Struct
    method, _, path = door.format(**names).partition(" ")
    body, before = json.dumps(bad_input.right(inspect.type_info(found.takes))).encode(), kept(shop)
    for name in WANTED.keys() - asked:
        refused = shop.call(method, f"{path}?{name}=x", body, by=caller(door), if_match="*")
        assert refused.status == 422, (name, refused.body)
        assert [each["parameter"] for each in refused.body["errors"]] == [name]
    assert kept(shop) == before


@pytest.mark.parametrize("door", [door for door in DOORS if door.startswith("GET")])
def test_a_body_where_none_is_taken_changes_nothing(shop: Shop, names: dict[str, str], door: str) -> None:
    method, _, path = door.format(**names).partition(" ")
    before, held = shop.call(method, path, by=caller(door)), kept(shop)
    after = shop.call(method, path, WANTED, by=caller(door))
    assert (after.status, alike(after.headers), after.body) == (before.status, alike(before.headers), before.body)
    assert kept(shop) == held
