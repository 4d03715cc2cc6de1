"""What plain Chalice is told of a stage, and what it must never be told."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.apps_in_process import app_folders
from infra.deploy.chalice_config import Configured, Place, configured, handler
from infra.local.stacks.errors import TemplateError
from infra.local.stacks.reading import document
from tests.infra.stacks.project import TEMPLATES, a_template
from tests.rights import declared

EXPORTS = {
    "dev-tea-table": "tea-table",
    "dev-tea-inbox-arn": "arn:aws:sqs:eu-west-1:1:tea-inbox",
    "dev-tea-stream-arn": "arn:aws:dynamodb:eu-west-1:1:table/tea/stream/now",
}
PLACE = Place("1", "eu-west-1", EXPORTS, lambda name: f"the secret {name}")
OVERLAY = """
    Parameters:
      Stage: {Type: String}
    Globals:
      Function:
        Environment: {Variables: {TEA_TABLE: !ImportValue dev-tea-table}}
    Resources:
      APIHandler:
        Type: AWS::Serverless::Function
        Properties:
          Role: !GetAtt APIHandlerRole.Arn
          LoggingConfig: {LogGroup: !Ref APIHandlerLogs}
          MemorySize: "256"
          Tracing: Active
          Environment: {Variables: {TEA_KEY: "{{resolve:secretsmanager:tea-key}}"}}
      APIHandlerRole:
        Type: AWS::IAM::Role
        Properties:
          Policies:
            - PolicyDocument:
                Statement:
                  - {Sid: Table, Effect: Allow, Action: [dynamodb:GetItem], Resource: !ImportValue dev-tea-table}
                  - {Sid: Logs, Effect: Allow, Action: [logs:PutLogEvents], Resource: !GetAtt APIHandlerLogs.Arn}
      APIHandlerLogs: {Type: AWS::Logs::LogGroup}
      Inbox:
        Type: AWS::Serverless::Function
        Properties:
          Role: !GetAtt APIHandlerRole.Arn
          Timeout: 10
          Environment: {Variables: {PARTIAL_BATCH_RESPONSES: "on"}}
          Events:
            InboxSqsEventSource:
              Type: SQS
              Properties:
                Queue: !ImportValue dev-tea-inbox-arn
                FunctionResponseTypes: [ReportBatchItemFailures]
      Relay:
        Type: AWS::Serverless::Function
        Properties:
          Role: !GetAtt APIHandlerRole.Arn
          Events:
            RelayDynamodbEventSource:
              Type: DynamoDB
              Properties: {Stream: !ImportValue dev-tea-stream-arn}
"""


@pytest.fixture
def tea(tmp_path: Path) -> Configured:
    return configured("tea", "shop-tea", document(a_template(tmp_path, OVERLAY)), {"Stage": "dev"}, PLACE)


def functions(tea: Configured) -> dict[str, Any]:
    found: dict[str, Any] = tea.entry["lambda_functions"]
    return found


def test_where_its_events_come_from_is_told_before_the_app_is_read(tea: Configured) -> None:
    assert tea.entry["environment_variables"] == {
        "TEA_TABLE": "tea-table",
        "TEA_INBOX": "tea-inbox",
        "TEA_STREAM_ARN": "arn:aws:dynamodb:eu-west-1:1:table/tea/stream/now",
    }


def test_a_secret_is_written_in_for_the_function_that_is_told_it_alone(tea: Configured) -> None:
    assert functions(tea)["api_handler"]["environment_variables"] == {"TEA_KEY": "the secret tea-key"}
    assert "TEA_KEY" not in tea.entry["environment_variables"]


def test_the_answer_that_names_what_failed_is_never_switched_on(tea: Configured) -> None:
    assert "PARTIAL_BATCH_RESPONSES" not in json.dumps(tea.entry)


def test_settings_of_the_overlay_are_chalices(tea: Configured) -> None:
    assert functions(tea)["api_handler"]["lambda_memory_size"] == 256
    assert functions(tea)["api_handler"]["xray"] is True
    assert functions(tea)["inbox"]["lambda_timeout"] == 10
    assert "xray" not in functions(tea)["inbox"]


def test_chalice_makes_each_function_a_role_with_its_own_rights(tea: Configured) -> None:
    assert tea.entry["autogen_policy"] is False
    for name, function in functions(tea).items():
        assert function["manage_iam_role"] is True
        assert function["iam_policy_file"] == f"policy-dev-{name}.json"
        assert tea.policies[function["iam_policy_file"]]["Statement"][0]["Resource"] == "tea-table"


def test_a_function_writes_to_the_log_group_that_lambda_makes_for_its_name(tea: Configured) -> None:
    logs = {name: policy["Statement"][1] for name, policy in tea.policies.items()}
    group = "arn:aws:logs:eu-west-1:1:log-group:/aws/lambda/shop-tea-dev"
    assert logs["policy-dev-api_handler.json"]["Resource"] == f"{group}:*"
    assert logs["policy-dev-inbox.json"]["Resource"] == f"{group}-inbox:*"
    assert logs["policy-dev-inbox.json"]["Action"] == ["logs:CreateLogGroup", "logs:PutLogEvents"]


def test_what_is_not_deployed_yet_is_named(tmp_path: Path) -> None:
    overlay = document(a_template(tmp_path, OVERLAY.replace("dev-tea-table", "dev-tea-board")))
    with pytest.raises(TemplateError, match="nothing exports dev-tea-board"):
        configured("tea", "shop-tea", overlay, {"Stage": "dev"}, PLACE)


@pytest.mark.parametrize("name", app_folders())
def test_chalice_calls_the_functions_of_an_overlay_as_python_does(name: str) -> None:
    overlay = document(TEMPLATES / f"{name}-app.yaml")["Resources"].items()
    assert {handler(each) for each, said in overlay if said["Type"] == "AWS::Serverless::Function"} == declared(name)
