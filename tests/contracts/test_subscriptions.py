"""The subscriptions in the templates let through exactly what the capabilities listen to."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from infra.apps_in_process import ROOT
from infra.contracts.capabilities import capabilities
from infra.local.stacks.reading import read

TEMPLATES = ROOT / "infra" / "templates"
CAPABILITIES = capabilities()
Types = dict[str, list[str]]


def let_through(resources: Mapping[str, Any]) -> Types:
    """The event types that the subscriptions of a template name, by the capability whose topic it is."""
    found: Types = {}
    for resource in resources.values():
        if resource["Type"] == "AWS::SNS::Subscription":
            [teller] = re.findall(r"-(\w+)-topic-arn", str(resource["Properties"]["TopicArn"]))
            found.setdefault(teller, []).extend(resource["Properties"]["FilterPolicy"]["type"])
    return {teller: sorted(types) for teller, types in found.items()}


def listened_to(reactions: Iterable[str]) -> Types:
    """The event types that are reacted to, by the capability that publishes them."""
    found: Types = {}
    for type in sorted(reactions):
        found.setdefault(type.split(".")[1], []).append(type)
    return found


@pytest.mark.parametrize("name", CAPABILITIES)
def test_the_filter_of_each_subscription_lists_exactly_the_types_that_are_reacted_to(name: str) -> None:
    template = read(TEMPLATES / f"{name}-data.yaml")
    assert let_through(template.resources) == listened_to(CAPABILITIES[name].reactions)


@pytest.mark.parametrize("name", CAPABILITIES)
def test_every_subscription_hands_on_the_message_itself_and_filters_by_what_the_relay_writes_beside_it(
    name: str,
) -> None:
    for resource in read(TEMPLATES / f"{name}-data.yaml").resources.values():
        if resource["Type"] == "AWS::SNS::Subscription":
            assert resource["Properties"]["RawMessageDelivery"] is True
            assert resource["Properties"]["FilterPolicyScope"] == "MessageAttributes"


def test_a_type_too_many_or_too_few_in_a_filter_is_seen() -> None:
    topic = {"Fn::ImportValue": {"Fn::Sub": "emporium-${Stage}-a-topic-arn"}}
    properties = {"TopicArn": topic, "FilterPolicy": {"type": ["emporium.a.Told.v1", "emporium.a.Gone.v1"]}}
    template = {"Heard": {"Type": "AWS::SNS::Subscription", "Properties": properties}}
    assert let_through(template) == {"a": ["emporium.a.Gone.v1", "emporium.a.Told.v1"]}
    assert let_through(template) != listened_to(["emporium.a.Told.v1"])
