"""Lives of the shop, each short, which together come to every call of AWS that the capabilities make."""

from collections.abc import Callable
from typing import Any

from chalicelib.customers import model, store
from chassis import clock, settings
from chassis.items import read_item, write_item
from tests.injected.people import People
from tests.simulation.letters import RELIC

Life = Callable[[People], None]
LIVES: dict[str, Life] = {}
KEYLESS = "an order has no key"
ADA = "customer:ada"
PASSWORD = "Correct-horse-1"


def life(live: Life) -> Life:
    """Lists it by its name, as a sentence."""
    LIVES[live.__name__.replace("_", " ")] = live
    return live


@life
def a_shop_opens_and_has_a_customer(people: People) -> None:
    _sell(people, "tea", 10)
    people.ask(ADA, "PUT", "/customers/me", {"email": "ada@example.com", "name": "Ada"})


@life
def a_product_is_added_revised_and_archived(people: People) -> None:
    _sell(people, "tea", 10)
    for path in ("/products", "/products?category=hot", "/products/tea", "/products/tea/stock"):
        people.ask("", "GET", path)
    for path in ("/catalogue", "/catalogue/tea"):
        people.staff("GET", path)
    people.staff("PATCH", "/products/tea", {"price": _price(400)}, match="*")
    people.staff("DELETE", "/products/tea", match="*")
    people.staff("POST", "/products", _product("tea"), key="another")  # refused: the sku is taken


@life
def an_order_is_confirmed_and_then_cancelled(people: People) -> None:
    id = _ordered(people, 2)
    people.world.settle()
    people.ask(ADA, "GET", f"/orders/{id}")
    people.ask(ADA, "GET", "/orders")
    people.ask(ADA, "POST", f"/orders/{id}/cancel")


@life
def an_order_is_refused(people: People) -> None:
    _ordered(people, 11)


@life
def an_order_is_cancelled_before_anybody_heard_of_it(people: People) -> None:
    id = _ordered(people, 2)
    people.ask(ADA, "POST", f"/orders/{id}/cancel")


@life
def an_order_that_nobody_answers_asks_again(people: People) -> None:
    _ordered(people, 2)
    people.world.shut.add("products")
    people.world.deliver()
    people.world.pass_time(120)
    people.world.tick()
    people.world.shut.clear()


@life
def what_was_saved_a_day_ago_is_told_again(people: People) -> None:
    """Nobody had heard it then; what one tick fails to tell, the next one does."""
    a_shop_opens_and_has_a_customer(people)
    people.world.shut.add("orders")
    people.world.settle()
    people.world.lose("orders")
    people.world.shut.clear()
    people.world.pass_time(24 * 3600 + 60)
    for _ in range(2):
        people.world.tick("customers", "products")


@life
def a_customer_orders_as_much_as_is_allowed(people: People) -> None:
    """Two orders may be open: at the third it is looked up how many still are."""
    for number in range(2):
        _ordered(people, 1, key=f"order-{number}")
    people.world.settle()
    people.begun()
    _ordered(people, 1, key="order-2")


@life
def an_order_is_sent_twice_at_once(people: People) -> None:
    _open(people)
    people.before("orders.place_order", "PutItem", lambda: _ordered(people, 2))
    _ordered(people, 2)


@life
def an_order_has_no_key(people: People) -> None:
    """Whoever asks for it again asks for another one: only the SDK may send it again."""
    _ordered(people, 2, key=None)


@life
def an_order_is_cancelled_while_it_is_confirmed(people: People) -> None:
    id = _ordered(people, 2)
    people.before("orders.when_stock_reserved", "PutItem", lambda: people.ask(ADA, "POST", f"/orders/{id}/cancel"))


@life
def stock_is_counted_twice_at_once(people: People) -> None:
    people.staff("POST", "/products", _product("tea"), key="add-tea")
    people.before("products.adjust_stock", "TransactWriteItems", lambda: _count(people, "tea", 3, "other"))
    _count(people, "tea", 4, "one")


@life
def a_person_signs_up_in_and_out_and_is_deactivated(people: People) -> None:
    world = people.world
    email = _new_email(people)
    details = {"email": email, "name": "Ada"}
    people.ask("", "POST", "/customers", details | {"password": PASSWORD})
    people.ask("", "POST", "/customers", details | {"password": PASSWORD})
    session = people.ask("", "POST", "/sessions", {"email": email, "password": PASSWORD})
    people.ask("", "POST", "/sessions/refresh", {"refresh_token": session["refresh_token"]})
    [key] = [key for key in world.dynamodb.tables["customers"].items if key.startswith("customer#")]
    by = key.replace("#", ":")
    people.ask(by, "GET", "/customers/me")
    people.ask(by, "PATCH", "/customers/me", {"name": "Ada L."}, match="*")
    people.ask(by, "DELETE", "/sessions", token=session["access_token"], again=401)
    people.staff("DELETE", f"/customers/{by.partition(':')[2]}", match="*")
    world.pass_time(2)
    people.ask("", "POST", "/sessions", {"email": email, "password": PASSWORD})


@life
def an_account_that_was_left_half_made_is_completed(people: People) -> None:
    world = people.world
    email = _new_email(people)
    world.shop.clients.cognito.admin_create_user(
        UserPoolId=settings.text("CUSTOMERS_USER_POOL_ID"), Username=email, TemporaryPassword=PASSWORD
    )
    people.ask("", "POST", "/customers", {"email": email, "name": "Ada", "password": PASSWORD})
    people.ask("", "POST", "/sessions", {"email": email, "password": PASSWORD})


@life
def a_person_is_erased_and_signs_up_again(people: People) -> None:
    _ordered(people, 1)
    account = _signed_up(people)
    people.world.settle()
    people.begun()
    for id in (ADA.partition(":")[2], _customer(people)):
        people.staff("DELETE", f"/customers/{id}/personal-data", match="*")
    people.ask(ADA, "PUT", "/customers/me", {"email": "ada@example.com", "name": "Ada"})
    people.world.settle()
    people.ask("", "POST", "/customers", account | {"name": "Ada"})
    people.ask("", "POST", "/sessions", account)


@life
def an_erasure_that_left_the_account_is_completed_by_signing_up(people: People) -> None:
    account, world = _signed_up(people), people.world
    world.settle()
    people.begun()
    found = read_item(world.dynamodb.tables["customers"].items[f"customer#{_customer(people)}"])
    erased = model.erase(store.customers.read(found), clock.now())
    assert erased
    item: Any = write_item(store.customers.saving(*erased).item())
    world.shop.clients.dynamodb.put_item(TableName="emporium-test-customers", Item=item)
    people.ask("", "POST", "/customers", account | {"name": "Ada"})
    people.ask("", "POST", "/sessions", account)


@life
def a_record_that_nobody_can_tell_is_set_aside(people: People) -> None:
    fact: Any = {"M": {"fact": {"S": "Unheard"}, "trace": {"S": ""}}}
    for name in people.world.apps:
        item: Any = {"pk": {"S": f"{RELIC}{name}"}, "version": {"N": "1"}, "outbox": {"L": [fact]}}
        people.world.shop.clients.dynamodb.put_item(TableName=f"emporium-test-{name}", Item=item)
    _sell(people, "tea", 1)


def _signed_up(people: People) -> dict[str, str]:
    """Email and password of somebody who has signed up."""
    account = {"email": _new_email(people), "password": PASSWORD}
    people.ask("", "POST", "/customers", account | {"name": "Ada"})
    return account


def _customer(people: People) -> str:
    """The id of the one who has signed up."""
    keys = [key for key in people.world.dynamodb.tables["customers"].items if key.startswith("customer#")]
    [id] = {key.partition("#")[2] for key in keys} - {ADA.partition(":")[2]}
    return id


def _new_email(people: People) -> str:
    """Accounts outlast a life."""
    return f"{people.world.scheduler.now:.6f}@example.com"


def _sell(people: People, sku: str, count: int) -> None:
    people.staff("POST", "/products", _product(sku), key=f"add-{sku}")
    _count(people, sku, count, f"count-{sku}")


def _count(people: People, sku: str, count: int, key: str) -> None:
    people.staff("POST", f"/products/{sku}/stock-adjustments", {"delta": count, "reason": "count"}, key=key)


def _open(people: People) -> None:
    """The beginning of lives with orders, which is looked at by itself."""
    if not people.outcomes:
        a_shop_opens_and_has_a_customer(people)
        people.world.settle()
        people.begun()


def _ordered(people: People, quantity: int, key: str | None = "order") -> str:
    """The id of an order of a tea, by a customer of whom all have heard."""
    _open(people)
    body = {"lines": [{"sku": "tea", "quantity": quantity}]}
    return str(people.ask(ADA, "POST", "/orders", body, key=key).get("id"))


def _product(sku: str) -> dict[str, Any]:
    return {"sku": sku, "name": sku.title(), "category": "hot", "price": _price(349)}


def _price(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "USD"}
