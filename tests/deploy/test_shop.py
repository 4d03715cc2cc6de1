"""The shop itself, deployed to an engine that runs CloudFormation: twice, changed, broken on purpose, taken down."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore.loaders
import pytest
from click.testing import CliRunner

from infra.apps_in_process import ROOT
from infra.cli import main
from infra.deploy import stacks
from infra.deploy.artifacts import bucket_name
from infra.deploy.aws import Aws
from infra.deploy.configuration import configure
from infra.deploy.deployment import TEMPLATES, Asked, Pack
from infra.deploy.errors import DeployError
from infra.deploy.outputs import outputs
from tests.deploy.deploying import DEV, deploy, destroy, foresee, outcome
from tests.deploy.packages import NATIVE, Packages
from tests.own_environments import PATIENT

pytestmark = PATIENT


SHOP = Asked(DEV)
ORDERS = replace(SHOP, name="orders")
SHARED = ("artifacts", "backbone", "identity")
CAPABILITIES = ("customers", "orders", "products")


@pytest.fixture(scope="module")
def pack(packages: Packages) -> Pack:
    """What is packed again is the same, for every stage: the tests of packing see to that."""
    return lambda capability, stage, out: packages(capability, NATIVE)


@pytest.fixture(scope="module")
def shop(aws: Aws, pack: Pack) -> list[str]:
    """What was said as the whole shop was deployed."""
    return deploy(aws, SHOP, pack)


def functions_of(aws: Aws, part: str) -> dict[str, dict[str, Any]]:
    """The stack's Lambda functions by their logical ids, as Lambda has them."""
    lambdas = aws.session.client("lambda")
    return {
        each["LogicalResourceId"]: described(lambdas, each["PhysicalResourceId"])
        for each in stacks.resources(aws.cloudformation, f"emporium-dev-{part}")
        if each["ResourceType"] == "AWS::Lambda::Function"
    }


def described(lambdas: Any, function: str) -> dict[str, Any]:
    answer = lambdas.get_function_configuration(FunctionName=function)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def test_the_whole_shop_is_deployed(aws: Aws, shop: list[str]) -> None:
    live = stacks.of_stage(aws.cloudformation, "dev")
    assert live.keys() >= {*SHARED, *CAPABILITIES, *(f"{name}-data" for name in CAPABILITIES)}
    assert {outcome(shop, part) for part in live} == {"created"}
    assert {stack.status for stack in live.values()} == {"CREATE_COMPLETE"}
    assert live["orders"].tags == {"emporium:stage": "dev", "emporium:part": "orders"}


def test_functions_are_told_where_their_things_are(aws: Aws, shop: list[str]) -> None:
    found = functions_of(aws, "orders")
    assert found.keys() >= {"APIHandler", "Identify", "Inbox", "Relay", "Tick"}
    for function in found.values():
        assert function["Environment"]["Variables"]["ORDERS_TABLE"] == "emporium-dev-orders"
    assert found["Inbox"]["Environment"]["Variables"]["PARTIAL_BATCH_RESPONSES"] == "on"


def test_deploying_again_changes_nothing(aws: Aws, shop: list[str], pack: Pack) -> None:
    before = {part: stack.status for part, stack in stacks.of_stage(aws.cloudformation, "dev").items()}
    again = deploy(aws, SHOP, pack)
    assert {part: outcome(again, part) for part in before} == dict.fromkeys(before, "unchanged")
    assert {part: stack.status for part, stack in stacks.of_stage(aws.cloudformation, "dev").items()} == before


def test_one_capability_is_deployed_alone(aws: Aws, shop: list[str], pack: Pack) -> None:
    said = deploy(aws, ORDERS, pack)
    assert [line for line in said if line.startswith("emporium-dev-")] == [
        "emporium-dev-orders-data: unchanged",
        "emporium-dev-orders: unchanged",
    ]


@pytest.mark.parametrize("options", [[], ["--dry-run"], ["--plan"]])
def test_the_command_deploys_a_shared_stack_by_its_name(
    shop: list[str], engine: str, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine)
    done = CliRunner().invoke(main, ["deploy", "backbone", "--stage", "dev", *options])
    assert done.exit_code == 0, done.output
    assert done.stdout.splitlines()[:2] == [
        "dev in account 123456789012, us-east-1",
        "emporium-dev-backbone: unchanged",
    ]


def test_a_change_is_shown_then_done_and_touches_that_capability_alone(aws: Aws, shop: list[str], pack: Pack) -> None:
    larger = replace(SHOP, stage=replace(DEV, memory=1024), name="products")
    assert any("Modify Relay " in line for line in foresee(aws, larger, pack))
    assert functions_of(aws, "products")["Relay"]["MemorySize"] == DEV.memory
    assert outcome(deploy(aws, larger, pack), "products") == "updated"
    assert functions_of(aws, "products")["Relay"]["MemorySize"] == 1024
    assert functions_of(aws, "orders")["Relay"]["MemorySize"] == DEV.memory


def test_a_failed_deploy_leaves_what_ran_and_says_why(aws: Aws, shop: list[str], pack: Pack, tmp_path: Path) -> None:
    templates = shutil.copytree(TEMPLATES, tmp_path / "templates")
    data = templates / "orders-data.yaml"
    broken = "\n  Broken:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: 99999999}\n\nOutputs:"
    data.write_text(data.read_text(encoding="utf-8").replace("\nOutputs:", broken), encoding="utf-8")
    before = functions_of(aws, "orders")
    with pytest.raises(
        DeployError, match=r"(?s)emporium-dev-orders-data is UPDATE_ROLLBACK_COMPLETE.*\n  Broken \(AWS"
    ):
        deploy(aws, replace(ORDERS, stage=replace(DEV, memory=2048), templates=templates), pack)
    assert functions_of(aws, "orders") == before
    assert aws.dynamodb.describe_table(TableName="emporium-dev-orders")["Table"].get("TableStatus") == "ACTIVE"
    assert outcome(deploy(aws, ORDERS, pack), "orders-data") == "unchanged"


def test_what_would_break_what_runs_is_refused_before_anything_is_changed(
    aws: Aws, shop: list[str], pack: Pack
) -> None:
    bucket, key = bucket_name("dev", aws), "contracts/orders.json"
    running = aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    told = json.loads(running)
    told["tells"]["emporium.orders.OrderGiftWrapped.v1"] = {}
    aws.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(told).encode())
    with pytest.raises(DeployError, match=r"(?s)break what runs:.*OrderGiftWrapped.*nothing was changed"):
        deploy(aws, replace(ORDERS, stage=replace(DEV, memory=2048)), pack)
    assert functions_of(aws, "orders")["Relay"]["MemorySize"] == DEV.memory
    assert any(
        line.startswith("breaking, as allowed:") for line in deploy(aws, replace(ORDERS, allow_breaking=True), pack)
    )
    assert aws.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == running


def test_plain_chalice_deploys_a_capability_that_was_configured(
    aws: Aws, engine: str, shop: list[str], tmp_path: Path
) -> None:
    project = tmp_path / "products"
    shutil.copytree(ROOT / "functions" / "products", project, ignore=shutil.ignore_patterns("__pycache__", "deploy*"))
    (project / "requirements.txt").write_text("")  # fetching packages is Chalice's own, and takes its time
    configure(DEV, {"products": project}, TEMPLATES, aws, lambda _: None)
    chalice(project, engine)
    lambdas = aws.session.client("lambda")
    for name in ("inbox", "relay"):
        function = lambdas.get_function_configuration(FunctionName=f"emporium-products-dev-{name}")
        [source] = lambdas.list_event_source_mappings(FunctionName=f"emporium-products-dev-{name}")[
            "EventSourceMappings"
        ]
        # Never one without the other: what failed of a batch would be lost.
        assert not source.get("FunctionResponseTypes")
        assert "PARTIAL_BATCH_RESPONSES" not in function["Environment"]["Variables"]
        assert function["Role"].endswith(f":role/emporium-products-dev-{name}")
        assert "emporium-dev-products" in source["EventSourceArn"]
    secret = aws.secrets.get_secret_value(SecretId="emporium-dev-products-cursor-key")["SecretString"]
    api = lambdas.get_function_configuration(FunctionName="emporium-products-dev")
    assert api["Environment"]["Variables"]["PRODUCTS_CURSOR_KEY"] == secret


def chalice(project: Path, engine: str) -> None:
    """Plain `chalice deploy --stage dev`, from the folder."""
    path = project / ".chalice" / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    # Without it the engine answers an empty text where AWS answers no number, and botocore can not read that.
    config["stages"]["dev"]["minimum_compression_size"] = 1024
    path.write_text(json.dumps(config), encoding="utf-8")
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "deploy", "--stage", "dev"]
    environment = os.environ | {"AWS_ENDPOINT_URL": engine, "AWS_DATA_PATH": str(impatient(project.parent / "data"))}
    done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True)
    assert "Rest API URL: https://" in done.stdout, done.stderr


def impatient(folder: Path) -> Path:
    """Data by which botocore asks anew after a tenth of a second whether a function is there, and not after five."""
    known = botocore.loaders.create_loader().load_service_model("lambda", "waiters-2")
    waiters = {name: {**each, "delay": 0.1} for name, each in known["waiters"].items()}
    file = folder / "lambda" / "2015-03-31" / "waiters-2.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({**known, "waiters": waiters}), encoding="utf-8")
    return folder


def test_a_capability_goes_its_data_stays_and_is_taken_in_again(aws: Aws, shop: list[str], pack: Pack) -> None:
    item = {"pk": {"S": "order#1"}}
    aws.dynamodb.put_item(TableName="emporium-dev-orders", Item=item)
    if "edge" in stacks.of_stage(aws.cloudformation, "dev"):
        with pytest.raises(DeployError, match="orders can not go: imported by edge"):
            destroy(aws, "orders")
        destroy(aws, "edge")
    assert "  stays: emporium-dev-orders (AWS::DynamoDB::Table)" in destroy(aws, "orders")
    assert not stacks.of_stage(aws.cloudformation, "dev").keys() & {"orders", "orders-data"}
    # The engine can not import a secret; AWS can.
    aws.secrets.delete_secret(SecretId="emporium-dev-orders-cursor-key", ForceDeleteWithoutRecovery=True)
    said = deploy(aws, ORDERS, pack)
    assert "emporium-dev-orders-data: emporium-dev-orders outlived its stack: it is taken in again" in said
    assert aws.dynamodb.get_item(TableName="emporium-dev-orders", Key=item)["Item"] == item
    assert outcome(deploy(aws, ORDERS, pack), "orders-data") == "unchanged"


def test_the_whole_stage_goes_and_what_is_kept_stays(aws: Aws, shop: list[str]) -> None:
    said = destroy(aws, "")
    assert not stacks.of_stage(aws.cloudformation, "dev")
    tables = [f"  stays: emporium-dev-{name} (AWS::DynamoDB::Table)" for name in CAPABILITIES]
    assert set(tables) <= set(said)
    assert not [line for line in said if "stays" in line and "Lambda" in line]  # a version goes with its function
    assert set(aws.dynamodb.list_tables()["TableNames"]) >= {f"emporium-dev-{name}" for name in CAPABILITIES}
    assert said.index("emporium-dev-orders: deleted") < said.index("emporium-dev-orders-data: deleted")
    assert said.index("emporium-dev-orders-data: deleted") < said.index("emporium-dev-backbone: deleted")


def test_accounts_outlive_their_stack_with_who_is_staff(aws: Aws) -> None:
    identity = replace(SHOP, name="identity")
    deploy(aws, identity)
    pool = outputs("dev", aws)["identity"]["PoolId"]
    aws.cognito.admin_create_user(UserPoolId=pool, Username="ada@example.com", MessageAction="SUPPRESS")
    aws.cognito.admin_add_user_to_group(UserPoolId=pool, Username="ada@example.com", GroupName="staff")
    stays = [line for line in destroy(aws, "identity") if "stays" in line]
    assert {line.rpartition("::")[2] for line in stays} == {"UserPool)", "UserPoolGroup)"}
    said = deploy(aws, identity)
    assert "emporium-dev-identity: staff outlived its stack: it is taken in again" in said
    assert outputs("dev", aws)["identity"]["PoolId"] == pool
    [staff] = aws.cognito.list_users_in_group(UserPoolId=pool, GroupName="staff")["Users"]
    assert {"Name": "email", "Value": "ada@example.com"} in staff["Attributes"]
    assert outcome(deploy(aws, identity), "identity") == "unchanged"
