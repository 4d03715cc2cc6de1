"""Where a stage answers is told by its stacks: by the front door, or by each capability's own API."""

import pytest

from infra.delivery.addresses import API_URL, FRONT_DOOR, FRONT_DOOR_URL, Addresses, NoAddress, of_outputs, of_urls
from infra.local.stacks.reading import document
from tests.deploy.translated import in_stage
from tests.infra.stacks.project import TEMPLATES


def test_without_a_front_door_each_capability_answers_at_its_own_api() -> None:
    outputs = {name: {"EndpointURL": f"https://{name}.test/api/"} for name in ("customers", "orders", "products")}
    assert of_outputs("dev", outputs) == Addresses(
        "https://customers.test/api/", "https://orders.test/api/", "https://products.test/api/"
    )


def test_behind_a_front_door_all_answer_there() -> None:
    outputs = {"edge": {"Url": "https://shop.test"}, "orders": {"EndpointURL": "https://orders.test/api/"}}
    assert of_outputs("dev", outputs) == Addresses(*["https://shop.test"] * 3)


def test_a_stage_that_is_not_deployed_whole_has_no_address() -> None:
    with pytest.raises(NoAddress, match="customers, products of dev tells no address: `emporium deploy --stage dev`"):
        of_outputs("dev", {"orders": {"EndpointURL": "https://orders.test/api/"}, "orders-data": {}})


def test_the_outputs_that_are_asked_for_are_those_of_the_templates() -> None:
    assert FRONT_DOOR_URL in document(TEMPLATES / f"{FRONT_DOOR}.yaml")["Outputs"]
    assert API_URL in in_stage("orders")["Outputs"]


def test_one_url_is_of_all_but_those_that_are_named() -> None:
    assert of_urls(["http://a"]) == Addresses("http://a", "http://a", "http://a")
    assert of_urls(["orders=http://b", "http://a"]) == Addresses("http://a", "http://b", "http://a")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (["orders=http://b"], "nothing is said of customers, products: give one URL for all, or customers=URL too"),
        (["order=http://b", "http://a"], "order is none of customers, orders, products"),
    ],
)
def test_a_capability_without_address_and_one_that_is_not_are_named(given: list[str], reason: str) -> None:
    with pytest.raises(NoAddress, match=reason):
        of_urls(given)
