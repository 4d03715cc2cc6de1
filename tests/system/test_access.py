"""Nobody gets in where they don't belong: what the shop promises of accounts and orders, over the real stack."""

from typing import Any

import httpx
import pytest

from tests.infra.runner.calling import eventually
from tests.system.conftest import Client
from tests.system.people import Person

PROBLEM = "application/problem+json"


def signature(answer: httpx.Response) -> tuple[int, dict[str, str], Any]:
    """All that an answer tells, but for when it was given, the id of the request and its trace."""
    headers = {name: value for name, value in answer.headers.items() if name not in ("date", "traceparent")}
    return answer.status_code, headers, {**answer.json(), "instance": ""}


def is_shut_out(shop: Client, path: str, person: Person) -> bool:
    return shop.http.get(path, auth=person).status_code == 401


def test_whoever_signs_up_and_in_can_order_and_see_the_order(shop: Client) -> None:
    amy, kiwi = shop.customer("amy"), shop.product("kiwi", 5)
    order = shop.order(amy, kiwi, 2)
    assert shop.outcome(order)["status"] == "confirmed"
    seen = shop.http.get(f"/orders/{order}", auth=amy).json()
    assert (seen["status"], seen["customer_id"]) == ("confirmed", amy.id)
    assert [each["id"] for each in shop.http.get("/orders", auth=amy).json()["items"]] == [order]


def test_another_customers_order_looks_like_one_that_is_not_there(shop: Client) -> None:
    ben, eva, lime = shop.customer("ben"), shop.customer("eva"), shop.product("lime", 5)
    order = shop.order(ben, lime)
    foreign, missing = (shop.http.get(f"/orders/{id}", auth=eva) for id in (order, "0" * len(order)))
    assert foreign.status_code == missing.status_code == 404
    assert foreign.json()["detail"].replace(order, "") == missing.json()["detail"].replace("0" * len(order), "")
    assert shop.http.post(f"/orders/{order}/cancel", auth=eva).status_code == 404
    assert shop.http.get(f"/customers/{ben.id}", auth=eva).status_code == 404
    assert shop.http.get("/orders", auth=eva).json()["items"] == []
    assert shop.outcome(order)["status"] == "confirmed"


def test_staff_sees_the_orders_of_a_customer_and_places_one_in_their_name(shop: Client) -> None:
    cal, pear = shop.customer("cal"), shop.product("pear", 5)
    own = shop.order(cal, pear)
    body = {"customer_id": cal.id, "lines": [{"sku": pear, "quantity": 1}]}
    placed = shop.make("/orders", body, shop.staff)["id"]
    listed = shop.http.get("/orders", params={"customer_id": cal.id}, auth=shop.staff).json()["items"]
    assert [each["id"] for each in listed] == [placed, own]
    assert shop.http.get(f"/orders/{placed}", auth=cal).json()["customer_id"] == cal.id


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/customers/me"), ("DELETE", "/sessions"), ("GET", "/orders"), ("POST", "/orders"), ("GET", "/catalogue")],
)
@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer a.b.c", "Basic YWRhOmFkYQ=="])
def test_without_a_good_token_the_answer_is_401_as_a_problem_document(
    shop: Client, method: str, path: str, authorization: str | None
) -> None:
    answer = shop.http.request(method, path, headers={"Authorization": authorization} if authorization else {})
    assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_customer_is_no_staff(shop: Client) -> None:
    dot = shop.customer("dot")
    answer = shop.http.get("/catalogue", auth=dot)
    assert (answer.status_code, answer.headers["content-type"]) == (403, PROBLEM)


def test_a_product_that_is_no_more_than_a_draft_is_for_staff_alone(shop: Client) -> None:
    draft = {"sku": "secret", "name": "Secret", "price": {"amount": 1, "currency": "USD"}, "status": "draft"}
    shop.make("/products", draft, shop.staff)
    assert shop.http.get("/products/secret").status_code == 404
    assert shop.http.get("/catalogue/secret", auth=shop.staff).json()["status"] == "draft"


def test_a_deactivated_customer_neither_orders_nor_signs_in_nor_stays_signed_in(shop: Client) -> None:
    eli, mint = shop.customer("eli"), shop.product("mint", 5)
    shop.outcome(shop.order(eli, mint))
    me = shop.http.get("/customers/me", auth=eli)
    customer, version = me.json()["id"], me.headers["etag"]
    assert shop.http.delete("/customers/me", auth=eli, headers={"If-Match": version}).status_code == 204
    assert eli.try_to_sign_in().status_code == 401
    assert eli.refresh().status_code == 401
    assert is_shut_out(shop, "/customers/me", eli)
    eventually(lambda: is_shut_out(shop, "/orders", eli))
    body = {"customer_id": customer, "lines": [{"sku": mint, "quantity": 1}]}
    refused = eventually(lambda: unless_placed(shop.http.post("/orders", json=body, auth=shop.staff)))
    assert (refused.status_code, refused.json()["title"]) == (403, "Customer deactivated")


def test_an_erased_customer_is_gone_and_whoever_signs_up_again_is_somebody_new(shop: Client) -> None:
    zoe, basil = shop.customer("zoe"), shop.product("basil", 5)
    order = shop.order(zoe, basil)
    shop.outcome(order)
    before, now = zoe.id, {"If-Match": "*"}
    assert shop.http.delete("/customers/me/personal-data", auth=zoe, headers=now).status_code == 204
    assert (zoe.try_to_sign_in().status_code, zoe.refresh().status_code) == (401, 401)
    assert is_shut_out(shop, "/customers/me", zoe)
    eventually(lambda: is_shut_out(shop, "/orders", zoe))
    assert shop.http.get(f"/customers/{before}", auth=shop.staff).status_code == 404
    assert shop.http.delete(f"/customers/{before}/personal-data", auth=shop.staff, headers=now).status_code == 204
    again = shop.customer("zoe")
    assert again.id != before
    assert shop.http.get("/orders", auth=again).json()["items"] == []
    assert shop.http.get(f"/orders/{order}", auth=shop.staff).json()["customer_id"] == before
    assert shop.outcome(shop.order(again, basil))["status"] == "confirmed"


def unless_placed(answer: httpx.Response) -> httpx.Response | None:
    return None if answer.status_code == 202 else answer


def test_whoever_signs_out_everywhere_is_out_at_once_and_soon_with_orders_too(shop: Client) -> None:
    fred, plums = shop.customer("fred"), shop.product("plums", 5)
    shop.outcome(shop.order(fred, plums))
    fred.sign_out_everywhere()
    assert is_shut_out(shop, "/customers/me", fred)
    assert fred.refresh().status_code == 401
    eventually(lambda: is_shut_out(shop, "/orders", fred))


def test_whoever_signed_out_everywhere_can_sign_in_again_at_once(shop: Client) -> None:
    gil = shop.customer("gil")
    gil.sign_out_everywhere()
    gil.sign_in()
    assert shop.http.get("/customers/me", auth=gil).status_code == 200
    assert shop.http.get("/orders", auth=gil).status_code == 200
    assert gil.refresh().status_code == 200


def test_a_wrong_password_and_an_email_without_account_get_the_same_answer(shop: Client) -> None:
    shop.customer("hugo")
    wrong = Person(shop.http, "hugo@example.org", "Wrong-Horse-9-Battery").try_to_sign_in()
    unknown = Person(shop.http, "hugh@example.org").try_to_sign_in()
    assert wrong.status_code == 401
    assert signature(wrong) == signature(unknown)


@pytest.mark.parametrize("password", ["Correct-Horse-9-Battery", "Another-Horse-9-Battery", "poor"])
def test_a_sign_up_does_not_tell_whether_the_email_has_an_account(shop: Client, password: str) -> None:
    taken = shop.customer(f"ira-{len(password)}-{password[0]}").email
    new = f"new-{taken}"
    answers = [Person(shop.http, email, password).sign_up() for email in (taken, new)]
    told = [answer.text.replace(email, "") for answer, email in zip(answers, (taken, new), strict=True)]
    assert told[0].partition('"instance"')[0] == told[1].partition('"instance"')[0]
    assert answers[0].status_code == answers[1].status_code


def test_a_sign_up_for_an_email_that_has_an_account_changes_nothing(shop: Client) -> None:
    jan = shop.customer("jan")
    before = shop.http.get("/customers/me", auth=jan).json()
    Person(shop.http, "jan@example.org", "Another-Horse-9-Battery").sign_up()
    assert Person(shop.http, "jan@example.org", "Another-Horse-9-Battery").try_to_sign_in().status_code == 401
    assert shop.http.get("/customers/me", auth=jan.sign_in()).json() == before


@pytest.mark.parametrize("has_account", [True, False])
def test_whoever_tries_to_sign_in_too_often_is_told_when_to_come_again(shop: Client, has_account: bool) -> None:
    person = shop.customer("kim") if has_account else Person(shop.http, "nobody@example.org")
    guesses = (Person(shop.http, person.email, f"Guess-Number-{number}").try_to_sign_in() for number in range(21))
    # one of 21 is the eleventh in its window of five minutes, whenever that begins
    refused = next(answer for answer in guesses if answer.status_code != 401)
    assert (refused.status_code, refused.headers["content-type"]) == (429, PROBLEM)
    assert 1 <= int(refused.headers["retry-after"]) <= 300
    assert person.try_to_sign_in().status_code == 429  # the right password too
