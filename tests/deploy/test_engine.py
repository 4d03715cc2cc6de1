"""The stacks as an engine makes them: every trigger, variable and right is of something that is really there."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.apps_in_process import app_folders
from tests.deploy.engine import LACKING, Engine, production
from tests.deploy.ministack import running
from tests.deploy.translated import in_stage, of_type
from tests.infra.stacks.project import BACKBONE, TEMPLATES
from tests.own_environments import PATIENT

pytestmark = PATIENT


STAGE = production()


@pytest.fixture(scope="module")
def empty() -> Iterator[Engine]:
    with running() as endpoint:
        yield Engine(endpoint)


@pytest.fixture(scope="module")
def ended(empty: Engine) -> dict[str, str]:
    return empty.deploy_everything()


@pytest.fixture(scope="module")
def engine(empty: Engine, ended: dict[str, str]) -> Engine:
    """With every stack of production in it."""
    return empty


@pytest.fixture(scope="module")
def functions(engine: Engine) -> dict[str, dict[str, Any]]:
    """Each function as Lambda has it, by capability and logical id."""
    declared = {name: of_type(in_stage(name, STAGE), "AWS::Lambda::Function") for name in app_folders()}
    return {
        f"{name}-{logical_id}": engine.client("lambda").get_function_configuration(FunctionName=id)
        for name in app_folders()
        for logical_id, id in engine.ids(name).items()
        if logical_id in declared[name]
    }


@pytest.fixture(scope="module")
def apis(engine: Engine) -> dict[str, str]:
    """The id of each capability's API."""
    return {name: engine.ids(name)["RestAPI"] for name in app_folders()}


def test_every_stack_is_made(ended: dict[str, str]) -> None:
    assert set(ended.values()) == {"stack_create_complete"}
    assert ended.keys() == {path.stem.removesuffix("-app") for path in TEMPLATES.glob("*.yaml")}


def test_what_the_engine_lacks_is_what_moves_aliases_and_nothing_else(engine: Engine) -> None:
    """So that an engine that can do it tells, and nothing else is left out unseen."""
    for name in app_folders():
        whole = {each["Type"] for each in in_stage(name, "prod")["Resources"].values()}
        made = {each["Type"] for each in in_stage(name, STAGE)["Resources"].values()}
        assert whole - made == LACKING
    with pytest.raises(ClientError, match="Unrecognized resource types") as refused:
        engine.deploy("whole", json.dumps(in_stage("orders", "prod")), {"Stage": {}}, STAGE)
    assert set(re.findall(r"AWS::\w+::\w+", str(refused.value))) == LACKING


def test_every_function_is_there_as_its_stage_wants_it(engine: Engine, functions: dict[str, Any]) -> None:
    there = engine.client("lambda").list_functions()["Functions"]
    assert {each["FunctionName"] for each in there} == {each["FunctionName"] for each in functions.values()}
    for each in functions.values():
        assert (each["MemorySize"], each["TracingConfig"]) == (STAGE.memory, {"Mode": STAGE.tracing})


def test_every_variable_names_something_that_is_there(engine: Engine, functions: dict[str, Any]) -> None:
    tables = engine.client("dynamodb").list_tables()["TableNames"]
    topics = [each["TopicArn"] for each in engine.client("sns").list_topics()["Topics"]]
    queues = [url.rpartition("/")[2] for url in engine.client("sqs").list_queues()["QueueUrls"]]
    [pool] = engine.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    [client] = engine.client("cognito-idp").list_user_pool_clients(UserPoolId=pool["Id"])["UserPoolClients"]
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{pool['Id']}"
    for key, function in functions.items():
        prefix = key.partition("-")[0].upper()
        told = dict(function["Environment"]["Variables"])
        assert told.pop(f"{prefix}_TABLE") in tables
        assert told.pop(f"{prefix}_TOPIC_ARN") in topics
        assert told.pop(f"{prefix}_RELAY_DLQ_URL").rpartition("/")[2] in queues
        assert told.pop("IDENTITY_ISSUER") == issuer
        assert told.pop("IDENTITY_JWKS_URL") == f"{issuer}/.well-known/jwks.json"
        assert told.pop("IDENTITY_CLIENT_IDS") == client["ClientId"]
        assert told.pop("CUSTOMERS_USER_POOL_ID", pool["Id"]) == pool["Id"]
        assert told.pop("CUSTOMERS_USER_POOL_CLIENT_ID", client["ClientId"]) == client["ClientId"]
        assert told.pop("STAGE") == STAGE.name
        assert told.keys() <= {"PARTIAL_BATCH_RESPONSES", f"{prefix}_CURSOR_KEY"}


@pytest.mark.parametrize("capability", ["orders", "products"])
def test_whoever_seals_cursors_has_the_secret_of_its_capability_and_nobody_else_has_it(
    engine: Engine, functions: dict[str, Any], capability: str
) -> None:
    secret = engine.client("secretsmanager").get_secret_value(SecretId=f"emporium-prod-{capability}-cursor-key")
    having = [
        key for key, each in functions.items() if secret["SecretString"] in each["Environment"]["Variables"].values()
    ]
    assert having == [f"{capability}-APIHandler"]
    assert len(secret["SecretString"]) == 64


def test_every_queue_and_stream_starts_its_function_as_is_written(engine: Engine, functions: dict[str, Any]) -> None:
    found = engine.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    names = {each["FunctionArn"]: key for key, each in functions.items()}
    by_function = {names[each["FunctionArn"]]: each for each in found}
    assert by_function.keys() == {key for key in functions if key.endswith(("-Inbox", "-Relay"))}
    for key, mapping in by_function.items():
        capability, _, function = key.partition("-")
        assert mapping["State"] == "Enabled"
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        if function == "Inbox":
            assert mapping["EventSourceArn"].endswith(f":emporium-prod-{capability}-inbox")
            assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}
        else:
            table = engine.client("dynamodb").describe_table(TableName=f"emporium-prod-{capability}")["Table"]
            assert mapping["EventSourceArn"] == table["LatestStreamArn"]
            assert (mapping["StartingPosition"], mapping["BisectBatchOnFunctionError"]) == ("TRIM_HORIZON", True)
            assert (mapping["MaximumRetryAttempts"], mapping["MaximumRecordAgeInSeconds"]) == (-1, 79200)
            destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
            assert destination.endswith(f":emporium-prod-{capability}-relay-dlq")


def test_an_inbox_hides_a_message_for_six_times_as_long_as_its_function_may_take(
    engine: Engine, functions: dict[str, Any]
) -> None:
    sqs = engine.client("sqs")
    inboxes = [key for key in functions if key.endswith("-Inbox")]
    assert inboxes == ["orders-Inbox", "products-Inbox"]  # customers hears nobody
    for key in inboxes:
        url = sqs.get_queue_url(QueueName=f"emporium-prod-{key.partition('-')[0]}-inbox")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
        assert int(attributes["VisibilityTimeout"]) >= 6 * functions[key]["Timeout"]


def test_the_clock_starts_what_is_to_be_done_and_a_late_or_failed_one_is_not_tried_again(
    engine: Engine, functions: dict[str, Any]
) -> None:
    rules = engine.client("events").list_rules()["Rules"]
    assert {(rule["ScheduleExpression"], rule["State"]) for rule in rules} == {
        ("rate(1 minute)", "ENABLED"),
        ("rate(5 minutes)", "ENABLED"),
    }
    called = set[str]()
    for rule in rules:
        [target] = engine.client("events").list_targets_by_rule(Rule=rule["Name"])["Targets"]
        called.add(target["Arn"])
        settings = engine.client("lambda").get_function_event_invoke_config(
            FunctionName=target["Arn"], Qualifier="$LATEST"
        )
        assert (settings["MaximumRetryAttempts"], settings["MaximumEventAgeInSeconds"]) == (0, 60)
    assert called == {functions[f"{name}-Tick"]["FunctionArn"] for name in ("customers", "orders", "products")}


def test_every_right_is_on_something_that_is_there(engine: Engine, functions: dict[str, Any]) -> None:
    there = set(things(engine))
    for key, function in functions.items():
        role = function["Role"].rpartition("/")[2]
        assert engine.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"] == [], key
        assert engine.client("iam").list_role_policies(RoleName=role)["PolicyNames"] == ["rights"], key
        policy = engine.client("iam").get_role_policy(RoleName=role, PolicyName="rights")["PolicyDocument"]
        for statement in policy["Statement"]:
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            assert statement["Sid"] == "Traces" or set(resources) <= there, (key, statement)


def things(engine: Engine) -> Iterator[str]:
    """The ARNs of whatever a right may be on."""
    dynamodb, sqs = engine.client("dynamodb"), engine.client("sqs")
    for name in dynamodb.list_tables()["TableNames"]:
        table = dynamodb.describe_table(TableName=name)["Table"]
        yield table["TableArn"]
        yield table["LatestStreamArn"]
        yield from (
            f"{table['TableArn']}/index/{each['IndexName']}" for each in table.get("GlobalSecondaryIndexes", [])
        )
    yield from (each["TopicArn"] for each in engine.client("sns").list_topics()["Topics"])
    for url in sqs.list_queues()["QueueUrls"]:
        yield sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for pool in engine.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]:
        yield engine.client("cognito-idp").describe_user_pool(UserPoolId=pool["Id"])["UserPool"]["Arn"]
    for group in engine.client("logs").describe_log_groups()["logGroups"]:
        yield f"{group['arn'].removesuffix(':*')}:*"


def test_each_function_writes_to_a_log_of_its_own_that_is_kept_as_long_as_the_stage_says(
    engine: Engine, functions: dict[str, Any]
) -> None:
    groups = {
        each["logGroupName"]: each["retentionInDays"]
        for each in engine.client("logs").describe_log_groups()["logGroups"]
        if each["logGroupName"].startswith("/emporium/")
    }
    assert sorted(groups) == sorted(each["LoggingConfig"]["LogGroup"] for each in functions.values())
    assert set(groups.values()) == {STAGE.log_days}


def test_each_api_is_throttled_and_traced_and_asks_its_functions_by_their_aliases(
    engine: Engine, functions: dict[str, Any], apis: dict[str, str]
) -> None:
    gateway = engine.client("apigateway")
    for name, id in apis.items():
        [stage] = gateway.get_stages(restApiId=id)["item"]
        settings = stage["methodSettings"]["*/*"]
        assert (stage["stageName"], stage["tracingEnabled"]) == ("api", True)
        assert (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) == (
            STAGE.throttle_rate,
            STAGE.throttle_burst,
        )
        [authorizer] = gateway.get_authorizers(restApiId=id)["items"]
        assert f"{functions[f'{name}-Identify']['FunctionArn']}:live/" in authorizer["authorizerUri"]
        for integration in integrations(gateway, id):
            assert f"{functions[f'{name}-APIHandler']['FunctionArn']}:live/" in integration["uri"]
        for function in ("APIHandler", "Identify"):
            policy = engine.client("lambda").get_policy(
                FunctionName=functions[f"{name}-{function}"]["FunctionName"], Qualifier="live"
            )
            assert f":{id}/*" in policy["Policy"]


def integrations(gateway: Any, api: str) -> Iterator[Any]:
    for resource in gateway.get_resources(restApiId=api, limit=500)["items"]:
        for method in resource.get("resourceMethods", {}):
            yield gateway.get_integration(restApiId=api, resourceId=resource["id"], httpMethod=method)


def test_the_front_door_finds_each_api_where_it_stands(engine: Engine, apis: dict[str, str]) -> None:
    [listed] = engine.client("cloudfront").list_distributions()["DistributionList"]["Items"]
    origins = {each["Id"]: (each["DomainName"], each["OriginPath"]) for each in listed["Origins"]["Items"]}
    assert origins == {name: (f"{id}.execute-api.us-east-1.amazonaws.com", "/api") for name, id in apis.items()}


def test_what_production_keeps_refuses_to_be_deleted(engine: Engine) -> None:
    for name in app_folders():
        table = engine.client("dynamodb").describe_table(TableName=f"emporium-prod-{name}")["Table"]
        assert table["DeletionProtectionEnabled"] is True
    [pool] = engine.client("cognito-idp").list_user_pools(MaxResults=10)["UserPools"]
    described = engine.client("cognito-idp").describe_user_pool(UserPoolId=pool["Id"])["UserPool"]
    assert described["DeletionProtection"] == "ACTIVE"


def test_what_a_capability_keeps_outlives_its_stack(engine: Engine) -> None:
    gone = replace(STAGE, name="gone")
    for path in (BACKBONE, TEMPLATES / "products-data.yaml"):
        assert engine.deploy_shared(path, gone) == "stack_create_complete"
    engine.destroy("emporium-gone-products-data")
    assert "emporium-gone-products" in engine.client("dynamodb").list_tables()["TableNames"]
    assert engine.client("secretsmanager").describe_secret(SecretId="emporium-gone-products-cursor-key")
    queues = engine.client("sqs").list_queues(QueueNamePrefix="emporium-gone-products")["QueueUrls"]
    assert len(queues) == 3
