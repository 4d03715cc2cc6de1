"""How callers go over to a new version: by an alias, as the stage wants it, and never without one's noticing."""

import json
from dataclasses import replace
from typing import Any

import pytest
from samtranslator.model.preferences.deployment_preference_collection import CODEDEPLOY_PREDEFINED_CONFIGURATIONS_LIST

from infra.apps_in_process import app_folders
from infra.deploy.release import AT_ONCE, GRADUAL, released, settled
from infra.deploy.stages import Stage, load
from tests.deploy.translated import in_stage, merged, of_type

RELEASED = ("APIHandler", "Identify")  # who answers requests


@pytest.fixture(params=app_folders())
def capability(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def versions(template: dict[str, Any]) -> set[str]:
    return set(of_type(template, "AWS::Lambda::Version"))


def otherwise(**said: Any) -> Stage:
    return replace(load()["prod"], **said)


def test_whatever_answers_requests_is_called_by_its_alias_alone(capability: str) -> None:
    template = in_stage(capability)
    api = json.dumps(of_type(template, "AWS::ApiGateway::RestApi"))
    allowed = {
        str(each["FunctionName"]["Ref"])
        for each in of_type(template, "AWS::Lambda::Permission").values()
        if each["Principal"] == "apigateway.amazonaws.com"
    }
    assert set(of_type(template, "AWS::Lambda::Alias")) == {f"{name}Aliaslive" for name in RELEASED} == allowed
    for name in RELEASED:
        assert f"functions/${{{name}Aliaslive}}/invocations" in api
        assert f"${{{name}." not in api


@pytest.mark.parametrize("how", GRADUAL)
def test_a_stage_that_is_to_go_over_gradually_does_so_by_codedeploy(how: str) -> None:
    template = in_stage("orders", otherwise(canary=how))
    groups = of_type(template, "AWS::CodeDeploy::DeploymentGroup")
    assert set(groups) == {f"{name}DeploymentGroup" for name in RELEASED}
    for name, group in groups.items():
        assert how in json.dumps(group["DeploymentConfigName"])
        assert {"Name": {"Ref": "APIHandlerErrorsAlarm"}} in group["AlarmConfiguration"]["Alarms"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in group["AutoRollbackConfiguration"]["Events"]
        assert group["ServiceRoleArn"] == {"Fn::GetAtt": ["ReleaseRole", "Arn"]}
        alias = template["Resources"][f"{name.removesuffix('DeploymentGroup')}Aliaslive"]
        assert alias["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"]["DeploymentGroupName"] == {"Ref": name}


def test_a_stage_that_goes_over_all_at_once_needs_no_codedeploy(capability: str) -> None:
    template = in_stage(capability, otherwise(canary=AT_ONCE))
    assert "CodeDeploy" not in json.dumps([each["Type"] for each in template["Resources"].values()])
    assert not any("UpdatePolicy" in each for each in template["Resources"].values())
    assert "ReleaseRole" not in template["Resources"]


def test_every_way_that_sam_knows_can_be_wanted_and_every_stage_wants_one_of_them() -> None:
    assert {AT_ONCE, *GRADUAL} == set(CODEDEPLOY_PREDEFINED_CONFIGURATIONS_LIST)
    assert {stage.canary for stage in load().values()} <= {AT_ONCE, *GRADUAL}


@pytest.mark.parametrize("said", [{"memory": 1024}, {"tracing": "PassThrough"}])
def test_a_value_of_the_stage_that_changes_makes_a_new_version_as_code_does(said: dict[str, Any]) -> None:
    before, after = versions(in_stage("orders")), versions(in_stage("orders", otherwise(**said)))
    assert len(before) == len(after) == len(RELEASED)
    assert not before & after


def test_a_stage_that_is_deployed_again_as_it_is_has_no_new_version(capability: str) -> None:
    assert versions(in_stage(capability)) == versions(in_stage(capability))


def test_only_codedeploy_takes_on_the_role_that_moves_aliases_and_only_of_its_own_functions(capability: str) -> None:
    role = of_type(in_stage(capability), "AWS::IAM::Role")["ReleaseRole"]
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    [aliases, alarms] = role["Policies"][0]["PolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "codedeploy.amazonaws.com"}
    assert {each.removeprefix("lambda:Get") for each in aliases["Action"]} <= {
        "Alias",
        "ProvisionedConcurrencyConfig",
        "lambda:UpdateAlias",
    }
    assert {name for name in RELEASED if name in json.dumps(aliases["Resource"])} == set(RELEASED)
    assert "*" not in aliases["Resource"]
    assert alarms["Action"] == ["cloudwatch:DescribeAlarms"]


def test_a_template_is_given_anew_and_the_one_it_is_made_of_stays_as_it_was() -> None:
    template = merged("orders")
    before = json.dumps(template)
    settled(released(template), {"Memory": "1"})
    assert json.dumps(template) == before
