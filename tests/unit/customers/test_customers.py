"""Customers: what may change, and how little is told of it."""

import pytest
from msgspec import structs

from chalicelib.customers import events, model
from tests.builders import NOON, a_customer, an_address, minutes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.com", "ADA@Example.COM"),
        ("straße@example.com", "STRASSE@example.com"),
        ("\uff41da@example.com", "ada@example.com"),
    ],
)
def test_an_email_is_compared_without_case_and_by_what_it_looks_like(one: str, other: str) -> None:
    assert model.canonical(one) == model.canonical(other)


def test_different_emails_stay_different() -> None:
    assert model.canonical("ada@example.com") != model.canonical("ada@example.org")


def test_a_new_customer_is_told_of() -> None:
    customer, facts = model.register("ada", {"email": "ada@example.com", "name": "Ada"}, NOON)
    assert (customer.status, customer.version, facts) == ("active", 1, (events.CustomerRegistered,))


def test_a_change_of_personal_data_is_told_and_the_data_is_not() -> None:
    revised, facts = model.revise(a_customer(), {"name": "Ada L."}, minutes(1)) or pytest.fail("no change")
    assert (revised.name, revised.version, facts) == ("Ada L.", 2, (events.CustomerRevised,))


def test_a_change_to_what_is_so_already_is_none() -> None:
    assert model.revise(a_customer(), {"name": "Ada"}, minutes(1)) is None


def test_a_deactivation_is_told_once() -> None:
    gone, facts = model.deactivate(a_customer(), minutes(1)) or pytest.fail("no change")
    assert (gone.status, facts) == ("deactivated", (events.CustomerDeactivated,))
    assert model.deactivate(gone, minutes(2)) is None


def test_a_deactivated_customer_can_not_be_changed() -> None:
    with pytest.raises(model.CustomerIsDeactivated):
        model.revise(a_customer(status="deactivated"), {"name": "Eve"}, NOON)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("active", (events.CustomerDeactivated, events.CustomerErased)),
        ("deactivated", (events.CustomerErased,)),
    ],
)
def test_an_erasure_is_told_once_and_with_the_deactivation_that_it_is(status: str, told: model.Facts) -> None:
    erased, facts = model.erase(a_customer(status=status), minutes(1)) or pytest.fail("no change")
    assert (erased.status, erased.version, erased.erased_at, facts) == ("deactivated", 2, minutes(1), told)
    assert model.erase(erased, minutes(2)) is None


def test_of_an_erased_customer_nothing_is_left_that_tells_of_the_person() -> None:
    ada = a_customer(phone="+49 7654 321098", addresses=(an_address(),))
    erased, _ = model.erase(ada, minutes(1)) or pytest.fail("no change")
    about_the_shop = {"id", "version", "status", "created_at", "changed_at", "erased_at"}
    assert {name: value for name, value in structs.asdict(erased).items() if value and name not in about_the_shop} == {}
    assert (erased.id, erased.created_at) == (ada.id, ada.created_at)


def test_no_fact_about_a_customer_holds_personal_data() -> None:
    fields = {field for fact in events.FACTS for field in fact.__annotations__ | fact.__base__.__annotations__}
    assert fields == {"id", "status", "created_at", "changed_at", "signed_out_at"}


def test_a_sign_out_is_told_with_its_time() -> None:
    once, facts = model.sign_out(None, "ada", minutes(1))
    assert (once.id, once.version, once.signed_out_at, facts) == ("ada", 1, minutes(1), (events.SignedOut,))
    again, _ = model.sign_out(once, "ada", minutes(2))
    assert (again.version, again.signed_out_at) == (2, minutes(2))


def test_a_sign_out_that_comes_last_with_an_earlier_time_lets_nobody_in_again() -> None:
    later, _ = model.sign_out(None, "ada", minutes(2))
    earlier, _ = model.sign_out(later, "ada", minutes(1))
    assert (earlier.version, earlier.signed_out_at) == (2, minutes(2))
