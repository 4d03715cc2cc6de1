"""Each function of CloudFormation that is understood, and the refusal of the rest."""

from collections.abc import Mapping
from typing import Any

import pytest

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.intrinsics import Scope, Unknown, holds, resolve

CONDITIONS = {
    "Yes": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "No": {"Fn::Not": [{"Condition": "Yes"}]},
}


def attribute(logical_id: str, name: str) -> str:
    if logical_id != "Table":
        raise Unknown(f"no resource {logical_id}")
    return f"<{logical_id}.{name}>"


def export(name: str) -> str:
    if name != "shop-prod-topic":
        raise Unknown(f"nothing exports {name}")
    return "<topic>"


def a_scope(conditions: Mapping[str, Any] = CONDITIONS) -> Scope:
    return Scope("a.yaml", {"Stage": "prod", "Count": "3"}, conditions, attribute, export)


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ("plain", "plain"),
        (5, 5),
        ({"Ref": "Stage"}, "prod"),
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "AWS::AccountId"}, "123456789012"),
        ({"Ref": "AWS::Partition"}, "aws"),
        ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
        ({"Ref": "Table"}, "<Table.Ref>"),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "<Table.Arn>"),
        ({"Fn::GetAtt": "Table.Arn"}, "<Table.Arn>"),
        (
            {"Fn::Sub": "${Stage}/${AWS::Region}/${Table}/${Table.Arn}"},
            "prod/us-east-1/<Table.Ref>/<Table.Arn>",
        ),
        ({"Fn::Sub": "${!Stage}"}, "${Stage}"),
        ({"Fn::Sub": ["${a}-${Stage}", {"a": {"Ref": "Count"}}]}, "3-prod"),
        ({"Fn::Join": ["-", ["a", 1, True, {"Ref": "Stage"}]]}, "a-1-true-prod"),
        ({"Fn::ImportValue": {"Fn::Sub": "shop-${Stage}-topic"}}, "<topic>"),
        ({"Fn::If": ["Yes", {"Ref": "Stage"}, {"Ref": "Nowhere"}]}, "prod"),
        ({"Fn::If": ["No", "a", "b"]}, "b"),
        ([{"Ref": "Stage"}, {"Ref": "AWS::NoValue"}], ["prod"]),
        ({"a": {"Fn::If": ["No", 1, {"Ref": "AWS::NoValue"}]}, "b": 2}, {"b": 2}),
        (
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Condition": {"Bool": {"aws:SecureTransport": "false"}}},
        ),
    ],
)
def test_a_value_is_worked_out(given: Any, result: Any) -> None:
    assert resolve(given, a_scope(), "It") == result


@pytest.mark.parametrize(
    ("condition", "truth"),
    [
        ({"Fn::Equals": ["a", "a"]}, True),
        ({"Fn::Equals": [{"Ref": "Count"}, 3]}, True),
        ({"Fn::Equals": [{"Ref": "Stage"}, "dev"]}, False),
        ({"Fn::And": [{"Condition": "Yes"}, {"Condition": "No"}]}, False),
        ({"Fn::Or": [{"Condition": "Yes"}, {"Condition": "No"}]}, True),
        ({"Condition": "No"}, False),
    ],
)
def test_a_condition_is_true_or_false(condition: Any, truth: bool) -> None:
    assert holds(condition, a_scope(), "It") is truth


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"a": [{"Fn::Split": [",", "x"]}]}, r"It\.a\[0\]: the function Fn::Split is not understood"),
        ({"Fn::Equals": ["a", "a"]}, "It: the function Fn::Equals is not understood"),
        ({"Ref": "Nowhere"}, "It: Ref: no resource Nowhere"),
        ({"Ref": "AWS::StackName"}, "It: Ref: the pseudo parameter AWS::StackName is not understood"),
        ({"Fn::GetAtt": "Table"}, "It: Fn::GetAtt: wants a resource and its attribute, not 'Table'"),
        ({"Fn::Sub": "${Nowhere.Arn}"}, "It: Fn::Sub: no resource Nowhere"),
        ({"Fn::Sub": ["a"]}, "It: Fn::Sub: wants a list of a text and a mapping"),
        ({"Fn::Sub": 5}, "It: Fn::Sub: wants a list of a text and a mapping"),
        ({"Fn::Join": ["-"]}, "It: Fn::Join: wants a list of a text and a list"),
        ({"Fn::Join": ["-", "abc"]}, "It: Fn::Join: wants a list of a text and a list"),
        ({"Fn::Join": ["-", [["a"]]]}, "It: Fn::Join: wants a text"),
        ({"Fn::ImportValue": "gone"}, "It: Fn::ImportValue: nothing exports gone"),
        ({"Fn::If": ["Yes", 1]}, "It: Fn::If: wants a condition and two values"),
        ({"Fn::If": ["Never", 1, 2]}, "It: Fn::If: there is no condition Never"),
        ({"Ref": "Stage", "b": 1}, "It: Ref stands beside other keys"),
    ],
)
def test_what_can_not_be_worked_out_is_refused_with_its_place(given: Any, fault: str) -> None:
    with pytest.raises(TemplateError, match=f"^a.yaml: {fault}"):
        resolve(given, a_scope(), "It")


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ({"Fn::Sub": "a"}, "Fn::Sub is not a condition"),
        ("Yes", "'Yes' is not a condition"),
        ({"Fn::Equals": ["a"]}, "wants a list of a value and a value"),
        ({"Fn::Not": "Yes"}, "wants a list of conditions"),
        ({"Condition": "Never"}, "there is no condition Never"),
    ],
)
def test_what_is_not_a_condition_is_refused(condition: Any, fault: str) -> None:
    with pytest.raises(TemplateError, match=f"^a.yaml: It: .*{fault}"):
        holds(condition, a_scope(), "It")


def test_a_condition_made_of_itself_is_refused() -> None:
    scope = a_scope({"One": {"Fn::Not": [{"Condition": "Two"}]}, "Two": {"Fn::Not": [{"Condition": "One"}]}})
    with pytest.raises(TemplateError, match=r"^a.yaml: .*made of itself"):
        holds({"Condition": "One"}, scope, "It")
