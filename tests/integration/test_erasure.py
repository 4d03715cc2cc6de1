"""An erased customer: nothing is known of the person any more, wherever it was cut off and whatever comes late."""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chalicelib.customers import commands, schemas
from chalicelib.customers.model import NoSuchCustomer
from chassis import aws, clock, settings
from chassis.auth import Caller
from chassis.conditions import Match
from tests.canaries import met, text
from tests.cut import Crash, Cut, told_of_calls
from tests.gateway import lasting_shop
from tests.racing import lost, race
from tests.shop import Answer, Shop, alike
from tests.tokens import subject
from tests.visit import ADDRESS, by_aws

PASSWORD, WRONG = "Correct-horse-1", "Wrong-horse-1"
ANY, BOSS = Match(frozenset(), any=True), Caller("staff", "s-1")
LINES = [{"sku": "tea", "quantity": 1}]
numbers = count()


class Person:
    """Somebody with an account, whose every word is met again wherever it stands."""

    def __init__(self, shop: Shop, cut_off: int | None = None) -> None:
        """`cut_off` is the call before which the first sign-up ends; it is not sent again."""
        number = next(numbers)
        self.shop, self.email, self.name = shop, f"Qzmail{number}@example.com", f"Qzname-{number}"
        self.details: dict[str, Any] = {"email": self.email, "name": self.name, "phone": f"+49 76543 21{number:04}"}
        self.details["addresses"] = [ADDRESS | {"recipient": f"Qzrecip-{number}"}]
        if cut_off is None:
            assert self.sign_up().status == 202
        else:
            self._sign_up_until(cut_off)
        self.session = self.sign_in().body
        self.id = subject(self.session["access_token"])

    def sign_up(self, password: str = PASSWORD) -> Answer:
        return self.shop.call("POST", "/customers", self.details | {"password": password}, by="")

    def _sign_up_until(self, call: int) -> None:
        Cut(call, after=False)
        with pytest.raises(Crash):
            self.sign_up()
        aws.use(None)

    def sign_in(self) -> Answer:
        return self.shop.call("POST", "/sessions", {"email": self.email, "password": PASSWORD}, by="")

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        bearing = {"authorization": f"Bearer {self.session['access_token']}"}
        return self.shop.call(method, path, body, by="", **bearing, **headers)

    def erase(self, **more: str) -> Answer:
        """Asked by staff, unless `by` is another."""
        return self.shop.call("DELETE", f"/customers/{self.id}/personal-data", **{"if_match": "*", **more})

    def order(self) -> str:
        self.shop.settle()
        placed = self.ask("POST", "/orders", {"lines": LINES})
        assert placed.status == 202, placed.body
        return str(placed.body["id"])

    def words(self) -> list[str]:
        return [self.email, self.name, str(self.details["phone"]), f"Qzrecip-{self.name.rpartition('-')[2]}"]

    def stands(self) -> list[str]:
        """What of the person still stands in any table, or in the user pool."""
        pool = settings.text("CUSTOMERS_USER_POOL_ID")
        accounts = self.shop.clients.cognito.list_users(UserPoolId=pool)["Users"]
        return met(self.words(), *(text(self.shop.everything(name)) for name in self.shop.apps), text(accounts))


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop, pytest.MonkeyPatch.context() as patch:
        for limit in ("CUSTOMERS_SIGN_UP_LIMIT", "CUSTOMERS_SIGN_IN_LIMIT", "ORDERS_PLACING_LIMIT"):
            patch.setenv(limit, "1000/1")
        clock.use(None, lambda seconds: None)
        price = {"amount": 349, "currency": "USD"}
        assert shop.call("POST", "/products", {"sku": "tea", "name": "Tea", "price": price}).status == 201
        adjusted = {"delta": 1000, "reason": "delivery"}
        assert shop.call("POST", "/products/tea/stock-adjustments", adjusted).status == 201
        yield shop


@pytest.fixture(autouse=True)
def _nobody_waits() -> Iterator[None]:
    clock.use(None, lambda seconds: None)
    yield
    aws.use(None)


@pytest.fixture
def ada(shop: Shop) -> Person:
    return Person(shop)


# what is gone


def test_nothing_of_an_erased_person_stands_in_any_table_nor_among_the_accounts(shop: Shop, ada: Person) -> None:
    ada.order()
    assert ada.ask("PATCH", "/customers/me", {"phone": "+49 1"}, if_match="*").status in (200, 422)
    assert ada.email in ada.stands()
    assert ada.ask("DELETE", "/customers/me/personal-data", if_match="*").status == 204
    shop.settle()
    assert ada.stands() == []
    assert shop.item("customers", f"customer#{ada.id}")["erased_at"]


def test_an_erased_customer_looks_like_one_that_is_not_there(shop: Shop, ada: Person) -> None:
    assert ada.erase().status == 204
    path = f"/customers/{ada.id}"
    asked = [("GET", path, None), ("PATCH", path, {"name": "Eve"}), ("DELETE", path, None)]
    assert {shop.call(*each, if_match="*").status for each in asked} == {404}


def test_whoever_is_erased_is_out_everywhere_and_signs_in_no_more(shop: Shop, ada: Person) -> None:
    assert ada.ask("DELETE", "/customers/me/personal-data", if_match="*").status == 204
    assert ada.sign_in().status == 401
    refreshing = {"refresh_token": ada.session["refresh_token"]}
    assert shop.call("POST", "/sessions/refresh", refreshing, by="").status == 401
    assert ada.ask("GET", "/customers/me").status == 401
    shop.settle()
    assert ada.ask("GET", "/orders").status == 401


def test_whoever_was_deactivated_before_can_be_erased_by_staff(shop: Shop, ada: Person) -> None:
    assert shop.call("DELETE", f"/customers/{ada.id}", if_match="*").status == 204
    assert ada.erase().status == 204
    assert ada.stands() == []


def test_nobody_but_staff_erases_another_customer(shop: Shop, ada: Person) -> None:
    assert ada.erase(by="customer:thief").status == 404
    assert ada.ask("GET", "/customers/me").status == 200


def test_what_was_changed_since_it_was_read_is_not_erased_and_a_repeated_erasure_needs_no_version(ada: Person) -> None:
    assert ada.ask("PATCH", "/customers/me", {"name": f"{ada.name}, Countess"}, if_match='"1"').status == 200
    assert ada.erase(if_match='"1"').status == 412
    assert ada.email in ada.stands()
    assert [ada.erase(if_match='"2"').status for _ in range(2)] == [204, 204]


def test_a_no_of_the_provider_does_not_pass_for_an_account_that_is_gone(shop: Shop, ada: Person) -> None:
    def refuse(name: str, call: Callable[..., Any], given: dict[str, Any]) -> Any:
        if name == "admin_delete_user":
            raise by_aws("NotAuthorizedException")
        return call(**given)

    told_of_calls(refuse)
    assert ada.erase().status == 500
    aws.use(None)
    assert ada.stands() != []
    assert ada.erase().status == 204
    assert ada.stands() == []


# what is cut off, repeated, or at the same time


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("at", range(6))
def test_an_erasure_that_was_cut_off_is_completed_by_whoever_asks_again(
    shop: Shop, ada: Person, at: int, after: bool
) -> None:
    cut = Cut(at, after)
    with pytest.raises(Crash):
        ada.ask("DELETE", "/customers/me/personal-data", if_match='"1"')
    aws.use(None)
    assert len(cut.calls) == at + 1
    again = ada.ask("DELETE", "/customers/me/personal-data", if_match='"1"')
    # once the token is no good, nothing is left to be done
    assert (again.status, ada.stands()) == (401 if (at, after) == (5, True) else 204, [])
    assert ada.sign_in().status == 401


def test_an_erasure_is_cut_off_at_each_of_its_calls(ada: Person) -> None:
    cut = Cut(at=99, after=False)
    assert ada.erase().status == 204
    assert cut.calls == ["get_item", "get_item", "put_item", "admin_delete_user", "get_item", "put_item"]


def test_of_two_who_erase_at_once_both_are_told_that_it_is_done(shop: Shop, ada: Person) -> None:
    def erase() -> None:
        commands.erase_customer(ada.id, ANY, BOSS)

    assert lost(race(erase, erase, erase), AssertionError) == []
    assert (shop.item("customers", f"customer#{ada.id}")["version"], ada.stands()) == ({"N": "2"}, [])


def test_a_change_at_the_same_time_leaves_nothing_behind(shop: Shop) -> None:
    def revise() -> None:
        commands.revise_customer(person.id, schemas.ReviseCustomer(name=person.name, phone="+49 1234567"), ANY, BOSS)

    def erase() -> None:
        commands.erase_customer(person.id, ANY, BOSS)

    for _ in range(6):
        person = Person(shop)
        assert set(lost(race(revise, erase), NoSuchCustomer)) <= {0}
        assert person.stands() == []


# coming back


def test_with_the_same_email_one_can_sign_up_again_as_somebody_new(shop: Shop, ada: Person) -> None:
    order = ada.order()
    assert ada.erase().status == 204
    assert ada.sign_up().status == 202
    session = ada.sign_in().body
    again = subject(session["access_token"])
    bearing = {"authorization": f"Bearer {session['access_token']}"}
    assert again != ada.id
    shown = shop.call("GET", "/customers/me", by="", **bearing).body
    assert (shown["id"], shown["version"], shown["status"]) == (again, 1, "active")
    shop.settle()
    assert shop.call("GET", f"/orders/{order}", by="", **bearing).status == 404
    assert shop.call("POST", "/orders", {"lines": LINES}, by="", **bearing).status == 202


def test_a_sign_up_after_an_erasure_is_answered_as_any_other(shop: Shop, ada: Person) -> None:
    other = Person(shop)
    assert ada.erase().status == 204
    answers = [each.sign_up() for each in (ada, other)]
    assert len({(each.status, str(alike(each.headers)), len(each.body)) for each in answers}) == 1


@pytest.mark.parametrize(("password", "begins_anew"), [(PASSWORD, True), (WRONG, False)])
def test_a_sign_up_completes_an_erasure_that_left_the_account_for_whoever_knows_its_password(
    shop: Shop, ada: Person, password: str, begins_anew: bool
) -> None:
    cut = Cut(at=3, after=False)
    with pytest.raises(Crash):
        ada.erase()
    aws.use(None)
    assert cut.calls[-1] == "admin_delete_user"
    assert ada.sign_up(password).status == 202
    now = subject(ada.sign_in().body["access_token"])
    assert (now != ada.id) == begins_anew
    assert shop.call("GET", f"/customers/{now}").status == (200 if begins_anew else 404)
    ended = shop.item("customers", f"sign_out#{ada.id}").get("outbox", {"L": []})["L"]
    assert [each["M"]["actor"]["S"] for each in ended] == [f"customer:{ada.id}"] * begins_anew


def test_who_has_an_account_and_is_no_customer_yet_is_erased_once_they_are_one(shop: Shop) -> None:
    """The sign-up was cut off before its last write."""
    bob = Person(shop, cut_off=3)
    assert bob.ask("DELETE", "/customers/me/personal-data", if_match="*").status == 404
    assert bob.ask("PUT", "/customers/me", {"email": bob.email, "name": bob.name}).status == 200
    assert bob.ask("DELETE", "/customers/me/personal-data", if_match="*").status == 204
    assert bob.stands() == []


def test_a_customer_of_another_issuer_does_not_come_back_with_the_same_account(shop: Shop) -> None:
    person = {"email": "Qzback@example.com", "name": "Qzback"}
    assert shop.call("PUT", "/customers/me", person, by="customer:back").status == 200
    clock.use(lambda: datetime.now(UTC) - timedelta(seconds=10), lambda seconds: None)
    assert shop.call("DELETE", "/customers/back/personal-data", if_match="*").status == 204
    clock.use(None, lambda seconds: None)
    refused = shop.call("PUT", "/customers/me", person, by="customer:back")
    assert (refused.status, refused.body["type"]) == (409, "urn:emporium:problem:customer-was-erased")
    assert met(["Qzback"], text(shop.everything("customers"))) == []


# orders


def kept_of(shop: Shop, id: str) -> tuple[str, str, Any]:
    """What orders has of a customer: whether it may order, which version, and what is counted of it."""
    copy, counted = shop.item("orders", f"customer#{id}"), shop.item("orders", f"allowance#{id}")
    return copy["status"]["S"], copy["version"]["N"], counted.get("placed", {}).get("L")


def test_orders_forgets_what_was_counted_of_an_erased_customer_and_keeps_its_orders(shop: Shop, ada: Person) -> None:
    order = ada.order()
    assert len(kept_of(shop, ada.id)[2]) == 1
    ada.erase()
    shop.settle()
    assert kept_of(shop, ada.id) == ("deactivated", "2", None)
    shown = shop.call("GET", f"/orders/{order}").body
    assert (shown["status"], shown["customer_id"]) == ("confirmed", ada.id)
    assert shop.call("POST", f"/orders/{order}/cancel").body["status"] == "cancelled"
    refused = shop.call("POST", "/orders", {"customer_id": ada.id, "lines": LINES})
    assert (refused.status, refused.body["title"]) == (403, "Customer deactivated")


@pytest.mark.parametrize("seed", range(6))
def test_in_whatever_order_and_however_often_it_is_told_the_customer_stays_erased(shop: Shop, seed: int) -> None:
    """Registered, revised, perhaps deactivated, erased: all of it comes late, twice and in any order."""
    shop.settle()
    ada = Person(shop)
    assert ada.ask("PATCH", "/customers/me", {"name": f"{ada.name}, Countess"}, if_match="*").status == 200
    if seed % 2:
        assert shop.call("DELETE", f"/customers/{ada.id}", if_match="*").status == 204
    ada.erase()
    shop.settle(random.Random(seed), times=2)
    status, version, placed = kept_of(shop, ada.id)
    assert (status, version, placed) == ("deactivated", "4" if seed % 2 else "3", None)
    assert shop.item("orders", f"allowance#{ada.id}")["closed"] == {"BOOL": True}
    assert shop.set_aside() == []


def test_an_order_that_was_under_way_when_its_customer_was_erased_leaves_no_count(shop: Shop, ada: Person) -> None:
    """It has read that the customer may order; then orders hears of the erasure; then it is to be counted."""
    shop.settle()
    token = ada.session["access_token"]

    def late(name: str, call: Callable[..., Any], given: dict[str, Any]) -> Any:
        if name == "put_item":
            aws.use(None)
            ada.erase()
            shop.settle()
        return call(**given)

    told_of_calls(late)
    refused = shop.call("POST", "/orders", {"lines": LINES}, by="", authorization=f"Bearer {token}")
    assert (refused.status, refused.body["title"]) == (403, "Customer deactivated")
    assert kept_of(shop, ada.id) == ("deactivated", "2", None)
    assert shop.call("GET", f"/orders?customer_id={ada.id}").body["items"] == []
