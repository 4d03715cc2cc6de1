"""Where a stage answers is told by its stacks: by the front door, or by each capability's own API."""

import json
from typing import Any

import boto3
import pytest

from infra.delivery.addresses import Addresses, NoAddress, of_stage, of_urls


@pytest.fixture
def cloudformation(cloud: None) -> Any:
    return boto3.client("cloudformation")


def stack(cloudformation: Any, name: str, **outputs: str) -> None:
    topic = {"Type": "AWS::SNS::Topic"}
    told = {key: {"Value": value} for key, value in outputs.items()}
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": {"T": topic}, "Outputs": told}))


def test_without_a_front_door_each_capability_answers_at_its_own_api(cloudformation: Any) -> None:
    for name in ("customers", "orders", "products"):
        stack(cloudformation, f"emporium-dev-{name}", EndpointURL=f"https://{name}.test/api/")
    assert of_stage("dev", cloudformation) == Addresses(
        "https://customers.test/api/", "https://orders.test/api/", "https://products.test/api/"
    )


def test_behind_a_front_door_all_answer_there(cloudformation: Any) -> None:
    stack(cloudformation, "emporium-dev-edge", Url="https://shop.test")
    assert of_stage("dev", cloudformation) == Addresses(*["https://shop.test"] * 3)


def test_a_stage_that_is_not_deployed_whole_has_no_address(cloudformation: Any) -> None:
    stack(cloudformation, "emporium-dev-orders", EndpointURL="https://orders.test/api/")
    with pytest.raises(NoAddress, match="customers, products of dev tells no address: `emporium deploy --stage dev`"):
        of_stage("dev", cloudformation)


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
