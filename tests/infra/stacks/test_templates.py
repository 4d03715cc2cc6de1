"""The project's own templates, before anything is applied: valid for AWS, and of one mind with each other."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cfnlint.api
import pytest
import yaml

from chassis import http
from chassis.auth import NotSignedIn
from chassis.browsers import protected
from infra.deploy.package import chalice_project
from infra.deploy.package.plan import config
from infra.deploy.stages import deployable
from infra.local.stacks.reading import read
from tests.infra.stacks.project import OVERLAYS, ROOT, STACKS, TEMPLATES

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


def lint(text: str) -> list[str]:
    return [str(match) for match in cfnlint.api.lint(text, regions=["us-east-1"])]


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


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_a_table_a_queue_or_a_secret_outlives_its_stack(path: Path) -> None:
    for name, resource in read(path).resources.items():
        if resource["Type"] in ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"):
            assert (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")) == (
                "Retain",
                "Retain",
            ), name


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
