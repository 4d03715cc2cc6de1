"""What is known of a person stands in the customers' table and nowhere else; passwords and tokens stand nowhere."""

import json
from collections.abc import Iterator

import pytest
from msgspec.inspect import DictType, StructType, Type, UnionType, VarTupleType, type_info

from chalicelib.customers import schemas
from infra.contracts.capabilities import capabilities
from infra.contracts.command import FOLDER
from tests.canaries import hashed, met
from tests.gateway import lasting_shop
from tests.visit import EMAIL, PERSON, TYPED, Traces, traces_of_a_visit

OTHERS = ("orders", "products")
# What the answers and bodies of customers say of a person; its id, its status and times are no secret between us.
OPEN = {"id", "status", "version", "created_at", "changed_at"}
PERSONAL = {
    name
    for kind in (schemas.SignUp, schemas.Customer, schemas.Address, schemas.Session, schemas.Refresh)
    for name in kind.__struct_fields__
} - OPEN
FACTS = {type: fact for each in capabilities().values() for type, fact in each.facts.items()}


@pytest.fixture(scope="module")
def traces() -> Iterator[Traces]:
    with lasting_shop() as shop, pytest.MonkeyPatch.context() as patch:
        for limit in ("CUSTOMERS_SIGN_IN_LIMIT", "CUSTOMERS_SIGN_UP_LIMIT"):
            patch.setenv(limit, "1000/1")
        yield traces_of_a_visit(shop)


def messages(traces: Traces) -> set[str]:
    """What the lines of the log say."""
    return {json.loads(line)["message"] for line in traces.log.splitlines()}


def test_the_visit_went_through_all_that_may_happen_to_a_person(traces: Traces) -> None:
    """Else that nothing of it is found would mean nothing."""
    told = {name.split(".")[2] for name in FACTS if any(name in letter for letter in traces.letters)}
    assert told >= {
        "CustomerRegistered",
        "CustomerRevised",
        "SignedOut",
        "CustomerDeactivated",
        "CustomerErased",
        "OrderCancelled",
    }
    wanted = {"answered", "denied", "token refused", "broken", "unavailable", "heard", "not heard", "parked"}
    assert messages(traces) >= wanted | {"nobody here listens to this"}
    assert any("customer#lost" in letter for letter in traces.letters)
    assert len(traces.secrets) > 10


def test_what_is_known_of_a_person_stands_in_the_customers_table_alone(traces: Traces) -> None:
    assert EMAIL in met(PERSON, traces.tables["customers"])
    assert met([*PERSON, *TYPED], *(traces.tables[name] for name in OTHERS)) == []
    assert hashed(PERSON, *(traces.tables[name] for name in OTHERS)) == []


def test_of_an_erased_person_nothing_is_left_there_either(traces: Traces) -> None:
    assert "erased_at" in traces.erased
    assert (met([*PERSON, *TYPED], traces.erased), hashed(PERSON, traces.erased)) == ([], [])


def test_nothing_of_a_person_is_told_to_anybody(traces: Traces) -> None:
    """In no message that was published, none that waits, and none that was set aside."""
    assert (met([*PERSON, *TYPED], *traces.letters), hashed(PERSON, *traces.letters)) == ([], [])


def test_nothing_of_a_person_is_in_the_log_nor_whatever_somebody_typed(traces: Traces) -> None:
    assert (met([*PERSON, *TYPED], traces.log), hashed(PERSON, traces.log)) == ([], [])


def test_orders_and_products_answer_with_nothing_of_a_person(traces: Traces) -> None:
    assert traces.answers
    assert met(PERSON, *traces.answers) == []


def test_passwords_and_tokens_stand_nowhere_not_even_as_a_hash_that_is_quick_to_try(traces: Traces) -> None:
    everywhere = [*traces.tables.values(), *traces.letters, *traces.answers, traces.log]
    assert (met(traces.secrets, *everywhere), hashed(traces.secrets, *everywhere)) == ([], [])


# what the types say


def fields(type: Type) -> Iterator[str]:
    """The names of all fields at any depth; those of a map are whatever somebody wrote."""
    match type:
        case UnionType(types=types):
            for each in types:
                yield from fields(each)
        case VarTupleType(item_type=item):
            yield from fields(item)
        case DictType():
            yield "(any)"
        case StructType(fields=inner):
            for field in inner:
                yield field.encode_name
                yield from fields(field.type)


@pytest.mark.parametrize("type", [type for type in FACTS if ".customers." in type])
def test_a_fact_about_a_customer_has_no_field_for_anything_personal(type: str) -> None:
    assert set(fields(type_info(FACTS[type]))) <= OPEN - {"version"} | {"signed_out_at"}


@pytest.mark.parametrize("type", [type for type in FACTS if ".customers." not in type])
def test_a_fact_about_anything_else_has_no_field_that_customers_has_of_a_person(type: str) -> None:
    """But for the name, which there is a product's."""
    assert set(fields(type_info(FACTS[type]))) & PERSONAL <= {"name"}


def test_the_committed_schemas_of_events_name_nothing_personal_either() -> None:
    for path in (FOLDER / "events").glob("*.json"):
        named = {name for name in PERSONAL - {"name"} if f'"{name}"' in path.read_text(encoding="utf-8")}
        assert named == set(), path


def test_what_is_personal_is_read_from_what_customers_takes_and_gives() -> None:
    assert {"email", "name", "phone", "addresses", "line1", "postal_code", "password", "refresh_token"} <= PERSONAL
