"""Reading an overlay: what each handler's event source and the functions' environment are."""

from pathlib import Path

import pytest

from infra.local.stacks import Overlay, TemplateError, overlay
from tests.infra.stacks.project import OVERLAYS, a_template

EXPORTS = {"queue-arn": "arn:q", "stream-arn": "arn:s"}
OUTSIDE = {
    f"emporium-local-{capability}-{thing}": f"{capability}-{thing}"
    for capability in ("customers", "orders", "products")
    for thing in (
        "table-name",
        "topic-arn",
        "stream-arn",
        "inbox-arn",
        "relay-dlq-arn",
        "relay-dlq-url",
        "cursor-key-arn",
    )
} | {
    f"emporium-local-identity-{thing}": f"identity-{thing}" for thing in ("issuer", "client-id", "jwks-url", "pool-id")
}


def read(directory: Path, text: str) -> Overlay:
    return overlay(a_template(directory, text), EXPORTS, {"Stage": "local"})


def function(properties: str, logical_id: str = "Inbox") -> str:
    return f"Resources: {{{logical_id}: {{Properties: {{{properties}}}}}}}"


def source(event: str, logical_id: str = "Inbox") -> str:
    return function(f"Events: {{{event}}}", logical_id)


def test_an_event_source_is_found_by_its_handlers_name(tmp_path: Path) -> None:
    text = source("NightlyReportEvent: {Type: Schedule, Properties: {Schedule: rate(1 day)}}", "NightlyReport")
    assert read(tmp_path, text).events == {"nightly_report": {"Schedule": "rate(1 day)"}}


def test_imports_conditions_and_parameters_are_worked_out(tmp_path: Path) -> None:
    text = """
        Parameters: {Stage: {Type: String}}
        Conditions: {IsLocal: !Equals [!Ref Stage, local]}
        Globals: {Function: {Environment: {Variables: {STAGE: !Ref Stage}}}}
        Resources:
          Inbox:
            Type: AWS::Serverless::Function
            Properties:
              Timeout: 10
              Environment: {Variables: {QUEUE: !ImportValue queue-arn}}
              Events:
                InboxSqsEventSource:
                  Type: SQS
                  Properties: {Queue: !ImportValue queue-arn, BatchSize: !If [IsLocal, 1, 10]}
    """
    assert read(tmp_path, text) == Overlay(
        environment={"STAGE": "local", "QUEUE": "arn:q"}, events={"inbox": {"Queue": "arn:q", "BatchSize": 1}}
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Resources: {It: {Type: AWS::S3::Bucket}}", "Resources.It.Type: AWS::S3::Bucket is not understood"),
        (function("TimeOut: 3"), "Resources.Inbox.Properties.TimeOut: this property is not understood"),
        ("Globals: {Api: {}}", "Globals.Api: this property is not understood"),
        (
            "Globals: {Function: {Enviroment: {}}}",
            "Globals.Function.Enviroment: this property is not understood",
        ),
        (source("InboxKinesisEventSource: {Type: Kinesis}"), "InboxKinesisEventSource.Type: Kinesis is not"),
        (source("InboxSqsEventSource: {}"), "InboxSqsEventSource.Type: None is not understood"),
        (
            source("InboxEvents: {Type: SQS}"),
            "InboxEvents: Chalice calls this event source InboxSqsEventSource",
        ),
        (source("A: {Type: SQS}, B: {Type: SQS}"), "Events: Chalice gives a function one event source"),
        (
            source("InboxSqsEventSource: {Type: SQS, Properties: {Batchsize: 3}}"),
            "InboxSqsEventSource.Properties.Batchsize: this property is not understood",
        ),
        (
            source("InboxSqsEventSource: {Type: SQS, Properties: {BisectBatchOnFunctionError: true}}"),
            "InboxSqsEventSource.Properties.BisectBatchOnFunctionError: this property is not understood",
        ),
        (
            source("InboxSqsEventSource: {Type: SQS, Properties: {Queue: !ImportValue gone}}"),
            "InboxSqsEventSource.Properties.Queue: Fn::ImportValue: nothing exports gone",
        ),
        (
            source("InboxSqsEventSource: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn}}"),
            "Properties.Queue: Fn::GetAtt: there is no parameter Queue, and what Chalice writes is not known",
        ),
        (
            function("Environment: {Variables: {LIMIT: 3}}"),
            "Variables.LIMIT: is not a text: write '3' in quotes",
        ),
        (
            function("Environment: {Variables: {LIMIT: on}}"),
            "Variables.LIMIT: is not a text: write 'True' in quotes",
        ),
        ("Parameters: {Level: {Type: String}}", "Parameters.Level: no value is given"),
    ],
)
def test_what_is_not_understood_is_refused_by_name(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(TemplateError, match=rf"^a\.yaml: .*{fault}"):
        read(tmp_path, text)


def test_two_functions_can_not_want_one_variable_to_differ(tmp_path: Path) -> None:
    text = """
        Globals: {Function: {Environment: {Variables: {LEVEL: info}}}}
        Resources: {Inbox: {Properties: {Environment: {Variables: {LEVEL: debug}}}}}
    """
    with pytest.raises(TemplateError, match=r"Inbox\.Properties\.Environment\.Variables\.LEVEL: another function"):
        read(tmp_path, text)


def test_what_only_watches_has_no_meaning_here(tmp_path: Path) -> None:
    text = "Resources: {Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {Threshold: 1}}}"
    assert read(tmp_path, text) == Overlay({}, {})


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_an_app_is_told_its_table_its_topic_and_where_its_relay_leaves_dead_letters(path: Path) -> None:
    capability = path.stem.removesuffix("-app")
    prefix = capability.upper()
    found = overlay(path, OUTSIDE, {"Stage": "local"})
    told = {
        f"{prefix}_TABLE": f"{capability}-table-name",
        f"{prefix}_TOPIC_ARN": f"{capability}-topic-arn",
        f"{prefix}_RELAY_DLQ_URL": f"{capability}-relay-dlq-url",
        "PARTIAL_BATCH_RESPONSES": "on",
    }
    assert {name: found.environment.get(name) for name in told} == told
    assert found.events["relay"]["Stream"] == f"{capability}-stream-arn"
    assert found.events["relay"]["DestinationConfig"] == {"OnFailure": {"Destination": f"{capability}-relay-dlq-arn"}}
    assert found.events.get("inbox", {}).get("Queue") == (
        None if capability == "customers" else f"{capability}-inbox-arn"
    )


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_every_app_trusts_the_one_issuer_and_only_customers_opens_accounts(path: Path) -> None:
    found = overlay(path, OUTSIDE, {"Stage": "local"}).environment
    assert {name: value for name, value in found.items() if name.startswith("IDENTITY_")} == {
        "IDENTITY_ISSUER": "identity-issuer",
        "IDENTITY_CLIENT_IDS": "identity-client-id",
        "IDENTITY_JWKS_URL": "identity-jwks-url",
    }
    assert ("identity-pool-id" in found.values()) == (path.stem == "customers-app")
