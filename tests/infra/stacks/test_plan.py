"""The plan: its order, and everything that is refused before anything is made."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.plan import Plan, make_plan
from tests.infra.stacks.project import DATA, STACKS, STAGE, a_template

TABLE = """
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: a
      BillingMode: PAY_PER_REQUEST
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
"""


def plan(directory: Path, *texts: str, given: Mapping[str, str] | None = None) -> Plan:
    paths = [a_template(directory, text, f"{name}.yaml") for name, text in zip("abc", texts, strict=False)]
    return make_plan(paths, given or {})


def names(made: Plan) -> list[str]:
    return [f"{step.template} {step.logical_id}" for step in made.steps]


def queue(name: str, more: str = "") -> str:
    return f"{{Type: AWS::SQS::Queue, Properties: {{QueueName: {name}}}{more}}}"


def test_a_resource_comes_after_what_it_names(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        f"""
        Resources:
          Last: {queue("c", ", DependsOn: Middle")}
          Middle:
            Type: AWS::SQS::Queue
            Properties:
              QueueName: b
              RedrivePolicy: {{deadLetterTargetArn: !GetAtt First.Arn, maxReceiveCount: 1}}
          First: {queue("a")}
        """,
    )
    assert names(made) == ["a.yaml First", "a.yaml Middle", "a.yaml Last"]


def test_a_template_comes_after_what_it_imports_from_whatever_the_order_given() -> None:
    backwards = make_plan(list(reversed(STACKS)), STAGE)
    templates = [step.template for step in backwards.steps]
    importing = [path.name for path in DATA if "Fn::ImportValue" in path.read_text()]
    assert all(templates.index("backbone.yaml") < templates.index(name) for name in importing)
    assert sorted(names(backwards)) == sorted(names(make_plan(STACKS, STAGE)))


def test_a_resource_whose_condition_is_false_is_not_made(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        f"""
        Parameters: {{Stage: {{Type: String, Default: dev}}}}
        Conditions: {{IsProd: !Equals [!Ref Stage, prod]}}
        Resources:
          Extra: {queue("a", ", Condition: IsProd")}
          Always: {queue("b")}
        Outputs:
          Extra: {{Condition: IsProd, Value: !Ref Extra, Export: {{Name: extra}}}}
        """,
    )
    assert names(made) == ["a.yaml Always"]
    assert made.exports == {}


def test_a_default_stands_in_for_a_parameter_that_is_not_given(tmp_path: Path) -> None:
    text = """
        Parameters: {Size: {Type: Number, Default: 3}}
        Outputs: {It: {Value: !Ref Size, Export: {Name: size}}}
    """
    assert plan(tmp_path, text).exports == {"size": "3"}
    assert plan(tmp_path, text, given={"Size": "4"}).exports == {"size": "4"}


@pytest.mark.parametrize(
    ("resource", "fault"),
    [
        ("{Type: AWS::S3::Bucket}", "Type: AWS::S3::Bucket is not understood"),
        ("{Properties: {}}", "Type: None is not understood"),
        ("{Type: AWS::SNS::Topic, CreationPolicy: {}}", "CreationPolicy: is not understood"),
        ("{Type: AWS::SNS::Topic, Properties: {}}", "Properties.TopicName: is missing"),
        ("{Type: AWS::SNS::Topic, Properties: [a]}", "Properties: is not a mapping"),
        (
            "{Type: AWS::SNS::Topic, Properties: {TopicName: [a]}}",
            "Properties.TopicName: is not a single value",
        ),
        (
            TABLE.replace("PAY_PER_REQUEST", "PROVISIONED"),
            "Properties.BillingMode: 'PROVISIONED' is not understood",
        ),
        (
            "{Type: AWS::SNS::Subscription, Properties: {TopicArn: a, Protocol: https, Endpoint: b}}",
            "Properties.Protocol: 'https' is not understood, only sqs",
        ),
        (queue("a, FifoQueue: true"), "Properties.FifoQueue: this property is not understood"),
        (
            queue("a, RedrivePolicy: {max: 1}"),
            "Properties.RedrivePolicy.max: this property is not understood",
        ),
        (
            queue("!Ref Nowhere"),
            "Properties.QueueName: Ref: there is neither a parameter nor a resource Nowhere",
        ),
        (queue("!GetAtt It.Size"), "Properties.QueueName: Fn::GetAtt: It has no attribute Size"),
        (queue("a", ", DependsOn: [Nowhere]"), "DependsOn: there is no resource Nowhere"),
        (queue("a", ", Condition: Never"), "Condition: Condition: there is no condition Never"),
        (
            TABLE + "      GlobalSecondaryIndexes: [{IndexName: i, Warm: 1}]\n",
            r"Properties.GlobalSecondaryIndexes\[0\].Warm: this property is not understood",
        ),
    ],
)
def test_a_resource_that_is_not_understood_is_refused_by_template_resource_and_property(
    tmp_path: Path, resource: str, fault: str
) -> None:
    with pytest.raises(TemplateError, match=f"^a.yaml: Resources.It.{fault}"):
        plan(tmp_path, "Resources:\n  It: " + resource)


@pytest.mark.parametrize(
    ("text", "given", "fault"),
    [
        ("Parameters: {Stage: {Type: String}}", {}, "a.yaml: Parameters.Stage: no value is given"),
        ("Parameters: {}", {"Stagee": "dev"}, "a.yaml: Parameters.Stagee: is given, but there is no such"),
        (
            "Parameters: {P: {Type: 'List<String>'}}",
            {"P": "a"},
            "Parameters.P.Type: List<String> is not understood",
        ),
        ("Parameters: {P: {Type: String, MinLength: 2}}", {"P": "a"}, "Parameters.P.MinLength: this rule"),
        (
            "Parameters: {P: {Type: String, AllowedValues: [a, b]}}",
            {"P": "c"},
            "Parameters.P: 'c' is not one of",
        ),
        ("Parameters: {P: {Type: String, AllowedPattern: '[a-z]+'}}", {"P": "a1"}, "'a1' does not match"),
        ("Parameters: {P: {Type: Number}}", {"P": "many"}, "Parameters.P: 'many' is not a number"),
        ("Globals: {Function: {}}", {}, "a.yaml: Globals: this section belongs to SAM"),
        ("Outputs: {It: {}}", {}, "a.yaml: Outputs.It.Value: is missing"),
        (
            "Outputs: {It: {Value: a, Exports: b}}",
            {},
            "a.yaml: Outputs.It.Exports: this property is not understood",
        ),
        ("Outputs: {It: {Value: !Ref X}}", {}, "a.yaml: Outputs.It.Value: Ref: there is neither"),
        ("Outputs: {It: {Value: a, Export: {}}}", {}, "a.yaml: Outputs.It.Export.Name: is missing"),
        (
            "Outputs: {It: {Value: !ImportValue it, Export: {Name: it}}}",
            {},
            "Outputs.It.Value: Fn::ImportValue: it is made of itself: it -> it",
        ),
    ],
)
def test_a_parameter_or_output_that_will_not_do_is_refused(
    tmp_path: Path, text: str, given: dict[str, str], fault: str
) -> None:
    with pytest.raises(TemplateError, match=fault):
        plan(tmp_path, text, given=given)


def test_what_no_template_exports_can_not_be_imported(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="QueueName: Fn::ImportValue: nothing exports gone"):
        plan(tmp_path, f"Resources: {{It: {queue('!ImportValue gone')}}}")


def test_a_name_is_exported_once(tmp_path: Path) -> None:
    text = "Outputs: {It: {Value: a, Export: {Name: it}}}"
    with pytest.raises(TemplateError, match=r"^b\.yaml: Outputs\.It: it is exported by a\.yaml already"):
        plan(tmp_path, text, text)


def test_a_resource_that_is_not_made_can_not_be_named(tmp_path: Path) -> None:
    text = f"""
        Conditions: {{Never: !Equals [a, b]}}
        Resources:
          Extra: {queue("a", ", Condition: Never")}
          It: {queue("!Ref Extra")}
    """
    with pytest.raises(TemplateError, match=r"Resources\.It\.Properties\.QueueName: Ref: Extra is not made"):
        plan(tmp_path, text)


def test_resources_that_name_each_other_are_refused(tmp_path: Path) -> None:
    text = f"Resources: {{One: {queue('!Ref Two')}, Two: {queue('!Ref One')}}}"
    with pytest.raises(TemplateError, match=r"^a\.yaml: a circle of names: (One -> Two -> One|Two -> One -> Two)"):
        plan(tmp_path, text)


def test_templates_that_import_from_each_other_are_refused_since_neither_stack_could_be_first(
    tmp_path: Path,
) -> None:
    def half(imports: str, exports: str) -> str:
        return f"""
            Resources: {{It: {queue(f"!ImportValue {imports}")}, Other: {queue(exports)}}}
            Outputs: {{It: {{Value: !Ref Other, Export: {{Name: {exports}}}}}}}
        """

    with pytest.raises(TemplateError, match=r"a circle of names: (a|b)\.yaml -> (a|b)\.yaml -> (a|b)\.yaml"):
        plan(tmp_path, half("two", "one"), half("one", "two"))


def test_two_templates_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    paths = [a_template(tmp_path, "{}"), a_template(tmp_path / "more", "{}")]
    with pytest.raises(TemplateError, match=r"^a\.yaml: two templates have this name"):
        make_plan(paths, {})
