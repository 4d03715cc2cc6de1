"""The project's own templates, before anything is applied: valid for AWS, and of one mind with each other."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from chassis import http
from chassis.auth import NotSignedIn
from chassis.browsers import protected
from infra.deploy.package import chalice_project
from infra.deploy.package.plan import config
from infra.deploy.stages import deployable
from infra.local.stacks.reading import read
from tests.infra.stacks.linting import lint
from tests.infra.stacks.project import KEY, OVERLAYS, ROOT, STACKS, TEMPLATES

APPS = {path.parent.name: path.parent for path in sorted((ROOT / "functions").glob("*/app.py"))}
HANDLERS = {
    "Inbox": "@app.on_sqs_message(queue='placeholder', batch_size=10)\ndef inbox(event):\n    pass\n",
    "Relay": "@app.on_dynamodb_record(stream_arn='arn:aws:dynamodb:us-east-1:1:table/placeholder/stream/s')\n"
    "def relay(event):\n    pass\n",
    "Tick": "@app.schedule('rate(1 minute)')\ndef tick(event):\n    pass\n",
    "Identify": "@app.authorizer()\ndef identify(request):\n    pass\n",
    "APIHandler": "@app.route('/')\ndef index():\n    return {}\n",
}


def functions(resources: Mapping[str, Any]) -> dict[str, Any]:
    return {name: each for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}


def a_sample_app(directory: Path, overlay: Path) -> Path:
    """The least app that has the functions which an overlay speaks of."""
    handlers = [HANDLERS[name] for name in functions(read(overlay).resources)]
    (directory / ".chalice").mkdir()
    own = {
        "version": "2.0",
        "app_name": "sample",
        "manage_iam_role": False,
        "iam_role_arn": "arn:aws:iam::000000000000:role/stated-in-the-overlay",
        "stages": {"dev": {"api_gateway_stage": "dev"}},
    }
    (directory / ".chalice" / "config.json").write_text(json.dumps(own))
    (directory / "app.py").write_text("\n".join(["from chalice import Chalice", "app = Chalice('sample')", *handlers]))
    return directory


def packaged(project: Path, overlay: Path) -> str:
    """The template that Chalice writes, with the overlay merged into it, in the way in which packing has it made."""
    own = json.loads((project / ".chalice" / "config.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        copied, code = Path(folder) / "copied", Path(folder) / "code"
        chalice_project.copy(project, config(own, deployable("dev"), "arm64"), copied)
        return yaml.safe_dump(chalice_project.package(copied, "dev", overlay, code))


def assert_deployable(text: str) -> None:
    """Sound to CloudFormation, with no function that Chalice knows nothing of, and no source still as in app.py."""
    assert lint(text) == []
    resources: dict[str, Any] = yaml.safe_load(text)["Resources"]
    for name, resource in functions(resources).items():
        assert "Handler" in resource["Properties"], name
        assert_listens_to_what_stands(resource["Properties"].get("Events", {}))
    assert_each_has_its_own_role(resources)


def assert_each_has_its_own_role(resources: Mapping[str, Any]) -> None:
    """And writes to logs of its own; there is no role besides."""
    named = functions(resources)
    assert {name for name, each in resources.items() if each["Type"] == "AWS::IAM::Role"} == {f"{n}Role" for n in named}
    for name, each in named.items():
        assert each["Properties"]["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
        assert each["Properties"]["LoggingConfig"] == {"LogGroup": {"Ref": f"{name}Logs"}}


def assert_listens_to_what_stands(events: dict[str, Any]) -> None:
    assert len(events) <= 1
    for event in events.values():
        source = {name: value for name, value in event["Properties"].items() if name in ("Queue", "Stream")}
        assert event["Type"] == "Schedule" or "Fn::ImportValue" in json.dumps(source)


@pytest.mark.parametrize("capability", APPS)
def test_an_overlay_merged_into_what_chalice_writes_is_valid(capability: str) -> None:
    assert_deployable(packaged(APPS[capability], TEMPLATES / f"{capability}-app.yaml"))


def test_an_overlay_merged_into_the_least_app_that_has_its_handlers_is_valid(tmp_path: Path) -> None:
    overlay = max(OVERLAYS, key=lambda path: len(functions(read(path).resources)))
    assert_deployable(packaged(a_sample_app(tmp_path, overlay), overlay))


def test_what_is_wrong_is_seen_each_time() -> None:
    queue = "{Resources: {Inbox: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: %s}}}}"
    assert [len(lint(queue % seconds)) for seconds in ("60", "a minute", "60", "a minute")] == [0, 1, 0, 1]


def test_every_app_has_an_overlay() -> None:
    assert set(APPS) == {path.stem.removesuffix("-app") for path in OVERLAYS}


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_a_function_answers_with_failures_exactly_where_its_mapping_asks_for_them(path: Path) -> None:
    template = read(path)
    assert "PARTIAL_BATCH_RESPONSES" not in json.dumps(template.globals)
    for name, resource in functions(template.resources).items():
        properties = resource["Properties"]
        answers = properties.get("Environment", {}).get("Variables", {}).get("PARTIAL_BATCH_RESPONSES") == "on"
        asked = [event["Properties"].get("FunctionResponseTypes") for event in properties.get("Events", {}).values()]
        assert answers == (asked == [["ReportBatchItemFailures"]]), name


@pytest.mark.parametrize(
    "path", [path for path in OVERLAYS if "Inbox" in read(path).resources], ids=lambda path: path.stem
)
def test_an_inbox_hides_a_message_for_six_times_as_long_as_its_function_may_take(path: Path) -> None:
    queue = read(path.with_name(path.name.replace("-app", "-data"))).resources["Inbox"]["Properties"]
    timeout = read(path).resources["Inbox"]["Properties"]["Timeout"]
    assert queue["VisibilityTimeout"] >= 6 * timeout


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_dead_letters_outlive_the_messages_of_the_queue_they_come_from(path: Path) -> None:
    queues = {
        name: each["Properties"] for name, each in read(path).resources.items() if each["Type"] == "AWS::SQS::Queue"
    }
    for name, queue in queues.items():
        if redrive := queue.get("RedrivePolicy"):
            [dead_letters, _] = redrive["deadLetterTargetArn"]["Fn::GetAtt"]
            assert queues[dead_letters]["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"], name


KEPT = {
    *("AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup", "AWS::DynamoDB::Table", "AWS::S3::Bucket"),
    *("AWS::SQS::Queue", "AWS::SecretsManager::Secret"),
}


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("*.yaml")), ids=lambda path: path.stem)
def test_what_is_entrusted_to_a_stack_outlives_it(path: Path) -> None:
    for name, resource in read(path).resources.items():
        is_kept = resource.get("Type") in KEPT or (path == KEY and resource["Type"] == "AWS::KMS::Key")
        policies = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
        assert policies == (("Retain", "Retain") if is_kept else (None, None)), name


@pytest.mark.parametrize(
    "path", [path for path in STACKS if "Inbox" in read(path).resources], ids=lambda path: path.stem
)
def test_an_inbox_and_its_dead_letters_take_messages_of_the_topics_that_it_listens_to_and_of_no_other(
    path: Path,
) -> None:
    resources = read(path).resources
    subscribed = [
        each["Properties"]["TopicArn"] for each in resources.values() if each["Type"] == "AWS::SNS::Subscription"
    ]
    for queue in ("Inbox", "InboxDeadLetters"):
        statements = resources[f"{queue}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        [allowed] = [each for each in statements if each["Effect"] == "Allow"]
        assert (allowed["Principal"], allowed["Action"]) == ({"Service": "sns.amazonaws.com"}, "sqs:SendMessage")
        assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": subscribed}}


def test_the_bucket_of_the_code_is_nobodys_but_ours_spoken_to_by_tls_and_forgets_nothing_at_once() -> None:
    resources = read(TEMPLATES / "artifacts.yaml").resources
    bucket = resources["Bucket"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    [statement] = resources["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_every_log_is_kept_as_long_as_its_stage_says(path: Path) -> None:
    resources = read(path).resources
    groups = [each["Properties"] for each in resources.values() if each["Type"] == "AWS::Logs::LogGroup"]
    assert len(groups) == len(functions(resources))
    assert [each["RetentionInDays"] for each in groups] == [{"Ref": "LogDays"}] * len(groups)


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_what_answers_requests_gives_up_before_its_api_does_and_takes_no_more_executions_than_its_stage_says(
    path: Path,
) -> None:
    for name, function in functions(read(path).resources).items():
        if "AutoPublishAlias" in function["Properties"]:
            assert function["Properties"]["Timeout"] < 29, name  # the most that API Gateway waits for
    reserved = read(path).resources["APIHandler"]["Properties"]["ReservedConcurrentExecutions"]
    assert reserved == {"Fn::If": ["HasReserve", {"Ref": "ReservedConcurrency"}, {"Ref": "AWS::NoValue"}]}


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_what_the_gateway_itself_refuses_is_a_problem_document_that_is_kept_by_nobody(path: Path) -> None:
    responses = read(path).resources["RestAPI"]["Properties"]["GatewayResponses"]
    assert {"UNAUTHORIZED", "DEFAULT_4XX", "DEFAULT_5XX"} <= responses.keys()
    for response in responses.values():
        headers = response["ResponseParameters"]["Headers"]
        assert (headers["Content-Type"], headers["Cache-Control"]) == ("'application/problem+json'", "'no-store'")
        # all but the policy of contents, whose own quotes API Gateway's would end; nothing here is rendered
        said = {name: f"'{value}'" for name, value in protected(shared=False).items() if "'" not in value}
        assert headers.items() >= said.items()
        problem = json.loads(response["ResponseTemplates"]["application/json"])
        assert problem["instance"] == "urn:uuid:$context.requestId"
        assert problem.get("status") == response.get("StatusCode")


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.stem)
def test_the_gateway_refuses_who_sends_no_token_in_the_words_in_which_a_door_does(path: Path) -> None:
    response = read(path).resources["RestAPI"]["Properties"]["GatewayResponses"]["UNAUTHORIZED"]
    problem = json.loads(response["ResponseTemplates"]["application/json"])
    ours = json.loads(str(http.refused(NotSignedIn(), "$context.requestId").body))
    assert problem == ours
