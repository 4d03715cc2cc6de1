"""A client that was made for the last document goes on working with the next one, or it is said where it fails."""

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from infra.contracts.command import FOLDER
from infra.contracts.routes import broken_routes

Document = dict[str, Any]


def a_document() -> Document:
    document: Document = json.loads((FOLDER / "openapi/orders.json").read_text(encoding="utf-8"))
    return document


def operation(document: Document, method: str = "post", path: str = "/orders") -> Any:
    return document["paths"][path][method]


def schema(document: Document, name: str) -> Any:
    return document["components"]["schemas"][name]


def take_a_route_away(document: Document) -> None:
    del document["paths"]["/orders/{order_id}/cancel"]


def want_one_field_more(document: Document) -> None:
    schema(document, "PlaceOrder")["properties"]["gift"] = {"type": "boolean"}
    schema(document, "PlaceOrder")["required"].append("gift")


def take_fewer_lines(document: Document) -> None:
    schema(document, "PlaceOrder")["properties"]["lines"]["maxItems"] = 40


def refuse_a_field(document: Document) -> None:
    del schema(document, "PlaceOrder")["properties"]["customer_id"]


def want_another_format(document: Document) -> None:
    operation(document)["requestBody"]["content"] = {"application/xml": {"schema": {}}}


def want_a_body(document: Document) -> None:
    operation(document, "post", "/orders/{order_id}/cancel")["requestBody"] = operation(document)["requestBody"]


def let_staff_alone_in(document: Document) -> None:
    operation(document)["security"] = [{"access_token": ["staff"]}]


def take_a_query_away(document: Document) -> None:
    listing = operation(document, "get")
    listing["parameters"] = [each for each in listing["parameters"] if each["name"] != "cursor"]


def take_shorter_pages(document: Document) -> None:
    next(each for each in operation(document, "get")["parameters"] if each["name"] == "limit")["schema"]["maximum"] = 50


def want_a_key(document: Document) -> None:
    operation(document)["parameters"][0]["required"] = True


def answer_less(document: Document) -> None:
    del schema(document, "Order")["properties"]["total"]


def answer_with_another_status(document: Document) -> None:
    answers = operation(document)["responses"]
    answers["201"] = answers.pop("202")


def answer_without_a_place(document: Document) -> None:
    del operation(document)["responses"]["202"]["headers"]["Location"]


def answer_in_another_format(document: Document) -> None:
    operation(document)["responses"]["202"]["content"] = {"text/plain": {"schema": {}}}


def offer_another_route(document: Document) -> None:
    document["paths"]["/orders/{order_id}/ship"] = document["paths"]["/orders/{order_id}/cancel"]


def take_one_field_more(document: Document) -> None:
    schema(document, "PlaceOrder")["properties"]["gift"] = {"type": "boolean"}


def answer_more(document: Document) -> None:
    schema(document, "Order")["properties"]["gift"] = {"type": "boolean"}


def refuse_for_another_reason(document: Document) -> None:
    operation(document)["responses"]["402"] = operation(document)["responses"]["409"]


def call_a_part_of_the_path_otherwise(document: Document) -> None:
    path = document["paths"].pop("/orders/{order_id}")
    path["get"]["parameters"][0]["name"] = "id"
    document["paths"]["/orders/{id}"] = path


def take_shorter_ids(document: Document) -> None:
    operation(document, "get", "/orders/{order_id}")["parameters"][0]["schema"]["maxLength"] = 8


def let_everybody_in(document: Document) -> None:
    operation(document)["security"] = []


def after(change: Callable[[Document], None]) -> list[str]:
    new = deepcopy(a_document())
    change(new)
    return broken_routes(a_document(), new)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (take_a_route_away, "POST /orders/{order_id}/cancel is offered no more"),
        (want_one_field_more, "POST /orders refuses a request that was good: gift is needed and is missing"),
        (
            take_fewer_lines,
            "POST /orders refuses a request that was good: lines has the maxItems 99 and is taken with 40",
        ),
        (refuse_a_field, "POST /orders refuses a request that was good: customer_id is refused"),
        (want_another_format, "POST /orders refuses a request that was good: no body of application/json is taken"),
        (want_a_body, "POST /orders/{order_id}/cancel refuses a request that was good: it had no body"),
        (let_staff_alone_in, "POST /orders was for customer, service too"),
        (take_a_query_away, "GET /orders takes the query cursor no more"),
        (
            take_shorter_pages,
            "GET /orders refuses a request that was good: the query limit: it has the maximum 100 and is taken with 50",
        ),
        (
            take_shorter_ids,
            "GET /orders/{order_id} refuses a request that was good: the path part 1: it has the maxLength none"
            " and is taken with 8",
        ),
        (want_a_key, "POST /orders would need the header Idempotency-Key"),
        (answer_less, "POST /orders would answer 202 otherwise: total was removed"),
        (answer_with_another_status, "POST /orders would never answer 202"),
        (answer_without_a_place, "POST /orders would answer 202 without Location"),
        (
            answer_in_another_format,
            "POST /orders would answer 202 otherwise: there would be nothing of application/json",
        ),
    ],
)
def test_what_a_client_can_no_longer_do_is_told_with_its_route(change: Callable[[Document], None], told: str) -> None:
    assert told in after(change)


def test_a_route_that_was_open_to_all_and_is_not_any_more_is_told() -> None:
    old = a_document()
    let_everybody_in(old)
    assert broken_routes(old, a_document()) == [
        "POST /orders was open to all and would be for customer, service, staff"
    ]


@pytest.mark.parametrize(
    "change",
    [
        offer_another_route,
        take_one_field_more,
        answer_more,
        refuse_for_another_reason,
        let_everybody_in,
        call_a_part_of_the_path_otherwise,
    ],
)
def test_what_a_client_does_not_miss_breaks_nobody(change: Callable[[Document], None]) -> None:
    assert after(change) == []
