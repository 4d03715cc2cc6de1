"""What a run that deploys may do: become one stage's role, and no more than to hand CloudFormation another."""

import re
from fnmatch import fnmatchcase
from typing import Any

import boto3
import pytest

from infra.apps_in_process import app_folders
from infra.deploy.aws import Aws, execution_role
from infra.deploy.change_sets import Wanted, propose
from infra.deploy.parts import Part
from infra.local.stacks.reading import document
from tests.deploy.translated import in_stage
from tests.infra.stacks.linting import lint
from tests.infra.stacks.project import TEMPLATES

TEMPLATE = document(TEMPLATES / "account" / "delivery.yaml")
RESOURCES: dict[str, Any] = TEMPLATE["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]
ARN = "arn:aws:iam::123456789012:role/cloudformation-emporium-dev"
OURS = ("emporium-${Stage}-", "/emporium/${Stage}/", "emporium-${Stage}*")
# What has no name, or is of AWS: each with why it can not be narrowed.
NAMELESS = {"deploymentconfig:*": "how traffic is shifted; those of AWS have no name of ours"}


def statements(role: str) -> list[dict[str, Any]]:
    policies = RESOURCES[role]["Properties"]["Policies"]
    return [each for policy in policies for each in policy["PolicyDocument"]["Statement"]]


def statement(role: str, sid: str) -> dict[str, Any]:
    return next(each for each in statements(role) if each["Sid"] == sid)


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_only_a_run_for_the_stages_environment_of_the_repository_becomes_the_role() -> None:
    [trusted] = RESOURCES["DeployRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trusted["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": {"Fn::Sub": "repo:${Repository}:environment:${Stage}"},
        }
    }


@pytest.mark.parametrize("name", ["octocat/my.repo", "octocat@123456/my-repo@456789", "o_corp/r"])
def test_a_repository_is_named_as_its_tokens_name_it(name: str) -> None:
    assert re.fullmatch(PARAMETERS["Repository"]["AllowedPattern"], name)


@pytest.mark.parametrize(
    "name", ["octocat/*", "*/my-repo", "octocat", "octocat/my-repo:ref", "octocat/my-repo:*", "a/b/c"]
)
def test_no_name_is_of_several_repositories(name: str) -> None:
    assert not re.fullmatch(PARAMETERS["Repository"]["AllowedPattern"], name)


def test_only_cloudformation_becomes_the_role_that_it_works_by() -> None:
    [trusted] = RESOURCES["ExecutionRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert trusted["Principal"] == {"Service": "cloudformation.amazonaws.com"}


def test_a_run_changes_stacks_by_the_execution_role_alone_and_hands_on_no_other() -> None:
    denied = statement("DeployRole", "OnlyByTheExecutionRole")
    assert denied["Effect"] == "Deny"
    assert denied["Condition"] == {
        "StringNotEquals": {"cloudformation:RoleArn": {"Fn::GetAtt": ["ExecutionRole", "Arn"]}}
    }
    passing = [each for each in statements("DeployRole") if "iam:PassRole" in listed(each["Action"])]
    assert [each["Resource"] for each in passing] == [{"Fn::GetAtt": ["ExecutionRole", "Arn"]}]


def test_a_run_itself_can_write_nowhere_but_to_stacks_and_the_codes_bucket() -> None:
    reads = ("Describe", "Get", "List")
    allowed = [each for each in statements("DeployRole") if each["Effect"] == "Allow"]
    actions = [action for each in allowed for action in listed(each["Action"])]
    writes = {action for action in actions if not action.partition(":")[2].startswith(reads)}
    assert {action.partition(":")[0] for action in writes} == {"cloudformation", "iam", "s3"}
    assert {action for action in writes if action.startswith(("iam", "s3"))} == {"iam:PassRole", "s3:PutObject"}


@pytest.mark.parametrize("role", ["DeployRole", "ExecutionRole"])
def test_nobody_may_do_everything_to_everything(role: str) -> None:
    for each in statements(role):
        wide = [action for action in listed(each["Action"]) if action.endswith("*")]
        assert not (wide and "*" in listed(each["Resource"])), each["Sid"]
        assert "*" not in listed(each["Action"])


def test_what_has_a_name_is_the_stages_own() -> None:
    named = listed(statement("ExecutionRole", "WhatTheStageIsMadeOf")["Resource"])
    others = [arn["Fn::Sub"] for arn in named if not any(ours in arn["Fn::Sub"] for ours in OURS)]
    assert [arn for arn in others if not arn.endswith(tuple(NAMELESS))] == []


def test_no_stage_can_change_what_it_is_allowed_itself() -> None:
    """The names of both roles are none of those that the stage's stacks may have."""
    names = [RESOURCES[role]["Properties"]["RoleName"]["Fn::Sub"] for role in ("DeployRole", "ExecutionRole")]
    assert names == ["github-emporium-${Stage}", "cloudformation-emporium-${Stage}"]


SERVICES = {"CertificateManager": "acm", "Cognito": "cognito-idp"}  # where it is not the type's own word
NAMES = {
    *("AlarmName", "ApplicationName", "BucketName", "DashboardName", "FunctionName", "LogGroupName", "QueueName"),
    *("RoleName", "TableName", "TopicName"),
}


def deployed() -> list[dict[str, Any]]:
    """Every resource of a stage, functions as SAM translates them; the key of one's own is an administrator's."""
    shared = [
        path for path in sorted(TEMPLATES.glob("*.yaml")) if not path.stem.endswith("-app") and path.stem != "key"
    ]
    templates = [*map(document, shared), *map(in_stage, app_folders())]
    return [resource for template in templates for resource in template["Resources"].values()]


def types() -> set[str]:
    return {resource["Type"] for resource in deployed()}


def test_cloudformation_may_work_with_every_kind_of_resource_that_a_stage_has() -> None:
    allowed = {action.partition(":")[0] for each in statements("ExecutionRole") for action in listed(each["Action"])}
    kinds = {kind.split("::")[1] for kind in types()}
    needed = {SERVICES.get(kind, kind.lower()) for kind in kinds}
    assert needed - allowed == set()


# What CloudFormation asks of a type that the role has no service:* for, to make, look at and delete it: the permissions
# of the handlers in the type's schema. https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
ASKED = {
    "AWS::ApiGateway::Deployment": "apigateway:POST apigateway:GET apigateway:DELETE",
    "AWS::ApiGateway::RestApi": "apigateway:POST apigateway:GET apigateway:PUT apigateway:PATCH apigateway:DELETE",
    "AWS::ApiGateway::Stage": "apigateway:POST apigateway:GET apigateway:PUT apigateway:PATCH apigateway:DELETE",
    "AWS::CloudFront::Distribution": "cloudfront:CreateDistribution cloudfront:TagResource cloudfront:GetDistribution"
    " cloudfront:GetDistributionConfig cloudfront:UpdateDistribution cloudfront:DeleteDistribution",
    "AWS::CloudFront::Function": "cloudfront:CreateFunction cloudfront:PublishFunction cloudfront:DescribeFunction"
    " cloudfront:GetFunction cloudfront:UpdateFunction cloudfront:DeleteFunction",
    "AWS::Cognito::UserPool": "cognito-idp:CreateUserPool cognito-idp:SetUserPoolMfaConfig cognito-idp:TagResource"
    " cognito-idp:DescribeUserPool cognito-idp:GetUserPoolMfaConfig cognito-idp:UpdateUserPool"
    " cognito-idp:DeleteUserPool",
    "AWS::Cognito::UserPoolClient": "cognito-idp:CreateUserPoolClient cognito-idp:DescribeUserPoolClient"
    " cognito-idp:UpdateUserPoolClient cognito-idp:DeleteUserPoolClient",
    "AWS::Cognito::UserPoolGroup": "cognito-idp:CreateGroup cognito-idp:GetGroup cognito-idp:UpdateGroup"
    " cognito-idp:DeleteGroup",
    "AWS::IAM::Role": "iam:CreateRole iam:PutRolePolicy iam:TagRole iam:GetRole iam:GetRolePolicy iam:ListRolePolicies"
    " iam:ListAttachedRolePolicies iam:DeleteRolePolicy iam:DeleteRole iam:UpdateAssumeRolePolicy",
    "AWS::KMS::Key": "kms:CreateKey kms:TagResource kms:EnableKeyRotation kms:DescribeKey kms:GetKeyPolicy"
    " kms:GetKeyRotationStatus kms:ListResourceTags kms:PutKeyPolicy kms:ScheduleKeyDeletion",
    "AWS::Route53::RecordSet": "route53:ChangeResourceRecordSets route53:GetChange route53:GetHostedZone"
    " route53:ListResourceRecordSets",
    "AWS::WAFv2::WebACL": "wafv2:CreateWebACL wafv2:TagResource wafv2:GetWebACL wafv2:ListTagsForResource"
    " wafv2:UpdateWebACL wafv2:DeleteWebACL",
}


def test_what_is_allowed_by_single_actions_is_all_that_a_resource_takes_to_be_made_and_deleted() -> None:
    allowed = {action for each in statements("ExecutionRole") for action in listed(each["Action"])}
    whole = {action.removesuffix(":*") for action in allowed if action.endswith(":*")}
    service = {kind: SERVICES.get(kind.split("::")[1], kind.split("::")[1].lower()) for kind in types()}
    assert {kind for kind, name in service.items() if name not in whole} == ASKED.keys()
    assert {kind: missing for kind, asked in ASKED.items() if (missing := set(asked.split()) - allowed)} == {}


def test_a_key_is_made_and_changed_by_the_tag_of_its_stage_which_every_stack_has() -> None:
    making, changing = statement("ExecutionRole", "MakeAKey"), statement("ExecutionRole", "ChangeAKeyOfTheStage")
    assert making["Condition"] == {"StringEquals": {"aws:RequestTag/emporium:stage": {"Ref": "Stage"}}}
    assert changing["Condition"] == {"StringEquals": {"aws:ResourceTag/emporium:stage": {"Ref": "Stage"}}}
    using = {"kms:CreateGrant", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
    for each in statements("ExecutionRole"):
        assert not using & set(listed(each["Action"])) or "kms:ViaService" in str(each["Condition"]), each["Sid"]


def test_every_name_that_a_stage_gives_is_one_of_those_that_cloudformation_may_work_with() -> None:
    named = [arn["Fn::Sub"] for each in statements("ExecutionRole") for arn in listed(each["Resource"]) if arn != "*"]
    patterns = [re.sub(r"^(role|rule|table|parameter|dashboard)/", "", arn.rpartition(":")[2]) for arn in named]
    properties = [each.get("Properties", {}).items() for each in deployed()]
    given = [text for each in properties for key, value in each if key in NAMES for text in _texts(value)]
    assert len(given) > 20
    assert [name for name in given if not any(fnmatchcase(name, pattern) for pattern in patterns)] == []


def _texts(name: Any) -> list[str]:
    """As the template writes it; nothing for what refers to something that is named elsewhere."""
    written = name if isinstance(name, str) else listed(name.get("Fn::Sub", []))
    return [written] if isinstance(written, str) else written[:1]


def test_cfn_lint_finds_nothing() -> None:
    template = TEMPLATES / "account" / "delivery.yaml"
    assert lint(template.read_text(encoding="utf-8")) == []


def test_cloudformation_works_by_the_role_that_the_environment_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EMPORIUM_EXECUTION_ROLE", raising=False)
    assert execution_role() == {}
    monkeypatch.setenv("EMPORIUM_EXECUTION_ROLE", ARN)
    assert execution_role() == {"RoleARN": ARN}


def test_a_change_is_proposed_by_the_execution_role(cloud: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPORIUM_EXECUTION_ROLE", ARN)
    asked = list[dict[str, Any]]()
    session = boto3.Session()
    session.events.register("provide-client-params.cloudformation.*", lambda params, **_: asked.append(dict(params)))
    aws = Aws(session, "123456789012", "us-east-1")
    part = Part("topics", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}, frozenset(), frozenset())
    assert propose(Wanted("emporium-dev-topics", part, {}, {}, False, "bucket"), "CREATE", aws)
    assert asked[0]["RoleARN"] == ARN
