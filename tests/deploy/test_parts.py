"""What a template tells before it is deployed."""

from pathlib import Path

import pytest

from infra.deploy.errors import DeployError, Unusable
from infra.deploy.parts import body, given, part, read_part
from tests.infra.stacks.project import a_template

TEMPLATE = {
    "Parameters": {"Stage": {"Type": "String"}, "Size": {"Type": "Number", "Default": 1}, "KeyArn": {"Default": ""}},
    "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Fn::ImportValue": "plain"}]}}},
    "Outputs": {"Arn": {"Value": "x", "Export": {"Name": {"Fn::Sub": "shop-${Stage}-arn"}}}, "Untold": {"Value": "y"}},
}
QUEUE = part("queue", TEMPLATE, "dev")


def test_exports_and_imports_are_told_for_the_stage() -> None:
    nested = {"Resources": {"A": {"B": [{"Fn::Sub": ["${C}", {"C": {"Fn::ImportValue": {"Fn::Sub": "x-${Stage}"}}}]}]}}}
    assert QUEUE.exports == {"shop-dev-arn"}
    assert QUEUE.imports == {"plain"}
    assert part("nested", nested, "dev").imports == {"x-dev"}


def test_an_export_that_is_named_after_what_is_made_is_refused(tmp_path: Path) -> None:
    path = a_template(tmp_path, "Resources: {A: {}}\nOutputs: {B: {Value: x, Export: {Name: !GetAtt A.Arn}}}")
    with pytest.raises(DeployError, match=r"A\.Arn is known only once it is deployed"):
        read_part("a", path, "dev")


def test_a_stack_gets_those_parameters_that_it_declares() -> None:
    assert given(QUEUE, {"Stage": "dev", "Memory": "512"}, {}, {}) == {"Stage": "dev"}


def test_what_is_asked_for_now_stands_above_the_stage_and_the_stage_above_what_was_asked_before() -> None:
    before = {"Stage": "old", "Size": "2", "KeyArn": "old"}
    assert given(QUEUE, {"Stage": "dev", "Size": "3"}, {"Size": "4"}, before) == {
        "Stage": "dev",
        "Size": "4",
        "KeyArn": "old",
    }


def test_a_parameter_without_value_and_default_is_asked_for() -> None:
    with pytest.raises(Unusable, match=r"the stack queue needs a value for Stage: --parameter Stage=\.\.\."):
        given(QUEUE, {}, {}, {})


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("Days", "8", r"Days=8: the stack logs wants one of 7, 14"),
        ("KeyArn", "nonsense", r"KeyArn=nonsense: the stack logs wants what matches \(arn:\.\+\)\?"),
    ],
)
def test_a_value_that_the_template_does_not_allow_is_refused_with_who_said_it(name: str, value: str, said: str) -> None:
    rules = {"Days": {"Default": 7, "AllowedValues": [7, 14]}, "KeyArn": {"Default": "", "AllowedPattern": "(arn:.+)?"}}
    logs = part("logs", {"Parameters": rules}, "dev")
    assert given(logs, {"Days": "14"}, {"KeyArn": "arn:x"}, {}) == {"Days": "14", "KeyArn": "arn:x"}
    with pytest.raises(Unusable, match=f"^--parameter {said}"):
        given(logs, {}, {name: value}, {})
    with pytest.raises(Unusable, match=f"^infra/stages.toml {said}"):
        given(logs, {name: value}, {}, {})


def test_the_same_template_is_always_the_same_text() -> None:
    assert body(TEMPLATE) == body(dict(TEMPLATE))
    assert ": " not in body(TEMPLATE)
