"""Each handler of the code has its trigger in AWS, and each trigger its handler; each stack what it imports."""

import json
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest

from chassis.browsers import protected
from infra.apps_in_process import app_folders, load_apps
from infra.deploy.stages import LOCAL, load
from infra.local.routes import prefixes
from infra.local.stacks.intrinsics import Scope, Unknown, resolve
from infra.local.stacks.reading import read
from tests.deploy.translated import REGION, in_stage, of_type
from tests.infra.stacks.linting import lint
from tests.infra.stacks.project import TEMPLATES
from tests.rights import declared

STAGES = [name for name in load() if name != LOCAL]
EDGE = TEMPLATES / "edge.yaml"


@pytest.fixture(params=app_folders())
def capability(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def in_python(function: dict[str, Any]) -> str:
    """The handler's name in app.py; what serves HTTP is `app` itself."""
    name: str = function["Handler"].removeprefix("app.")
    return "api_handler" if name == "app" else name


def called(function: Any) -> str:
    """The logical id of the function that a trigger names."""
    [(_, name)] = function.items()
    return name[0] if isinstance(name, list) else str(name)


@pytest.mark.parametrize("stage", STAGES)
def test_what_is_deployed_is_valid(capability: str, stage: str) -> None:
    text = json.dumps(in_stage(capability, stage))
    assert lint(text, REGION) == []


@pytest.mark.parametrize(
    "path", [each for each in TEMPLATES.rglob("*.yaml") if not each.stem.endswith("-app")], ids=str
)
def test_what_is_deployed_as_it_is_written_is_valid(path: Path) -> None:
    assert lint(path.read_text(), REGION) == []


def test_every_handler_is_a_function_and_every_function_a_handler(capability: str) -> None:
    functions = of_type(in_stage(capability), "AWS::Lambda::Function")
    assert {in_python(each) for each in functions.values()} == declared(capability)
    app = load_apps()[capability]
    for each in functions.values():
        assert callable(getattr(app, each["Handler"].removeprefix("app.")))


def test_every_queue_stream_and_schedule_of_the_code_starts_its_function_and_nothing_else_does(
    capability: str,
) -> None:
    template = in_stage(capability)
    functions = of_type(template, "AWS::Lambda::Function")
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    rules = of_type(template, "AWS::Events::Rule").values()
    started = [called(each["FunctionName"]) for each in mappings]
    started += [called(target["Arn"]) for rule in rules for target in rule["Targets"]]
    sources = [each.name for each in load_apps()[capability].app.event_sources]
    assert sorted(in_python(functions[name]) for name in started) == sorted(sources)


def test_every_route_of_the_code_is_one_of_the_api_and_every_other_is_refused_by_it(capability: str) -> None:
    [api] = of_type(in_stage(capability), "AWS::ApiGateway::RestApi").values()
    routes = load_apps()[capability].app.routes
    served = {(path, method.upper()) for path, methods in api["Body"]["paths"].items() for method in methods}
    assert served == {(path, method) for path, methods in routes.items() for method in methods}


def test_the_authorizer_of_the_code_is_the_one_that_the_api_asks(capability: str) -> None:
    [api] = of_type(in_stage(capability), "AWS::ApiGateway::RestApi").values()
    asked = {
        name
        for path in api["Body"]["paths"].values()
        for each in path.values()
        for one in each.get("security", [])
        for name in one
    }
    handlers = {each.name for each in load_apps()[capability].app.builtin_auth_handlers}
    assert asked == set(api["Body"]["securityDefinitions"]) == handlers


def test_a_function_answers_with_failures_exactly_where_its_mapping_asks_for_them(capability: str) -> None:
    """Either without the other loses messages: Lambda takes the answer for a success."""
    template = in_stage(capability)
    functions = of_type(template, "AWS::Lambda::Function")
    mappings = of_type(template, "AWS::Lambda::EventSourceMapping").values()
    asked = {called(each["FunctionName"]) for each in mappings if "FunctionResponseTypes" in each}
    answers = {
        name for name, each in functions.items() if "PARTIAL_BATCH_RESPONSES" in each["Environment"]["Variables"]
    }
    assert asked == answers == {called(each["FunctionName"]) for each in mappings}


def test_a_stream_is_read_from_its_beginning_and_what_fails_is_cut_down_and_set_aside(capability: str) -> None:
    mappings = of_type(in_stage(capability), "AWS::Lambda::EventSourceMapping")
    [relay] = [each for each in mappings.values() if called(each["FunctionName"]) == "Relay"]
    assert (relay["StartingPosition"], relay["BisectBatchOnFunctionError"]) == ("TRIM_HORIZON", True)
    assert relay["MaximumRetryAttempts"] == -1  # an outage that passes loses nothing
    assert relay["MaximumRecordAgeInSeconds"] < 24 * 3600  # the stream has a record for so long
    assert f"{capability}-relay-dlq-arn" in json.dumps(relay["DestinationConfig"]["OnFailure"])


def test_a_queue_has_at_most_so_many_of_the_accounts_executions(capability: str) -> None:
    mappings = of_type(in_stage(capability), "AWS::Lambda::EventSourceMapping")
    for each in mappings.values():
        if called(each["FunctionName"]) == "Inbox":
            assert each["ScalingConfig"]["MaximumConcurrency"] >= 2  # Lambda takes no less


def test_a_role_has_the_rights_of_its_overlay_and_no_function_or_policy_has_others(capability: str) -> None:
    template = in_stage(capability)
    written = read(TEMPLATES / f"{capability}-app.yaml").resources
    roles = {name: each for name, each in written.items() if each["Type"] == "AWS::IAM::Role"}
    assert of_type(template, "AWS::IAM::Role").keys() == {*roles, "ReleaseRole"}
    for name, role in roles.items():
        assert template["Resources"][name] == role
    for name, each in of_type(template, "AWS::Lambda::Function").items():
        assert each["Role"] == {"Fn::GetAtt": [f"{name}Role", "Arn"]}
    assert not [each["Type"] for each in template["Resources"].values() if each["Type"].endswith("Policy")]


def test_nobody_but_its_api_and_its_clock_may_call_a_function(capability: str) -> None:
    for each in of_type(in_stage(capability), "AWS::Lambda::Permission").values():
        assert each["Principal"] in ("apigateway.amazonaws.com", "events.amazonaws.com")
        assert "SourceArn" in each


def test_the_api_has_no_stage_but_the_one_that_is_throttled(capability: str) -> None:
    """SAM makes another beside it unless it is told the version of the API's document."""
    template = in_stage(capability)
    assert not any("StageName" in each for each in of_type(template, "AWS::ApiGateway::Deployment").values())
    assert [each["StageName"] for each in of_type(template, "AWS::ApiGateway::Stage").values()] == ["api"]


def test_the_api_stands_in_its_region_behind_no_cdn_but_the_front_door(capability: str) -> None:
    [api] = of_type(in_stage(capability), "AWS::ApiGateway::RestApi").values()
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}


def test_what_the_gateway_refuses_itself_is_said_in_our_words_in_what_is_deployed(capability: str) -> None:
    [api] = of_type(in_stage(capability), "AWS::ApiGateway::RestApi").values()
    written = read(TEMPLATES / f"{capability}-app.yaml").resources["RestAPI"]["Properties"]["GatewayResponses"]
    made = api["Body"]["x-amazon-apigateway-gateway-responses"]
    assert set(made) == set(written)
    for name, response in written.items():
        assert made[name]["responseTemplates"] == response["ResponseTemplates"]


@pytest.mark.parametrize("stage", STAGES)
def test_the_api_takes_as_many_requests_as_its_stage_says(capability: str, stage: str) -> None:
    template = in_stage(capability, stage)
    [api] = of_type(template, "AWS::ApiGateway::Stage").values()
    [settings] = api["MethodSettings"]
    assert (settings["HttpMethod"], settings["ResourcePath"]) == ("*", "/*")
    assert settings["ThrottlingRateLimit"] == {"Ref": "ThrottleRate"}
    assert settings["ThrottlingBurstLimit"] == {"Ref": "ThrottleBurst"}
    assert load()[stage].parameters().keys() & template["Parameters"].keys() >= {"ThrottleRate", "ThrottleBurst"}


def test_whatever_differs_between_stages_reaches_a_template() -> None:
    stacks = [read(path).parameters for path in TEMPLATES.glob("*.yaml")] + [in_stage("orders")["Parameters"]]
    assert load()["prod"].parameters().keys() <= {name for parameters in stacks for name in parameters}


def stacks(stage: str) -> dict[str, dict[str, Any]]:
    shared = {path.stem: path for path in TEMPLATES.glob("*.yaml") if not path.stem.endswith("-app")}
    made = {name: {"Resources": read(path).resources, "Outputs": read(path).outputs} for name, path in shared.items()}
    return made | {name: in_stage(name, stage) for name in app_folders()}


def named(value: Any, stage: str) -> str:
    def unknown(*asked: str) -> str:
        raise Unknown(f"{asked} is not known before it is deployed")

    return str(resolve(value, Scope("it", {"Stage": stage}, {}, unknown, unknown), ""))


def imports(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from (each for name, each in value.items() if name == "Fn::ImportValue")
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from imports(each)


def test_whatever_a_stack_imports_another_exports_and_none_waits_for_itself() -> None:
    owners: dict[str, str] = {}
    for name, stack in stacks("prod").items():
        for output in stack["Outputs"].values():
            if "Export" in output:
                assert owners.setdefault(named(output["Export"]["Name"], "prod"), name) == name
    needed = {name: {owners[named(each, "prod")] for each in imports(stack)} for name, stack in stacks("prod").items()}
    order = list(TopologicalSorter(needed).static_order())
    assert order[-1] == "edge"


def test_the_front_door_sends_each_path_to_the_capability_whose_it_is() -> None:
    config = read(EDGE).resources["Distribution"]["Properties"]["DistributionConfig"]
    sent = {each["PathPattern"]: each["TargetOriginId"] for each in config["CacheBehaviors"]}
    assert sent == {
        f"/{prefix}*": name for name, module in load_apps().items() for prefix in prefixes(module.app.routes)
    }


def test_the_front_door_answers_what_is_nobodys_in_the_words_and_headers_of_the_apis() -> None:
    code = read(EDGE).resources["NobodysPath"]["Properties"]["FunctionCode"]
    api = read(TEMPLATES / "orders-app.yaml").resources["RestAPI"]["Properties"]["GatewayResponses"]
    problem = json.loads(api["MISSING_AUTHENTICATION_TOKEN"]["ResponseTemplates"]["application/json"])
    for name in ("type", "title", "detail"):
        assert f"{name}: '{problem[name]}'" in code
    headers = {name.lower(): value for name, value in protected(shared=False).items()}
    for name, value in (headers | {"content-type": "application/problem+json"}).items():
        assert f"'{name}': {{ value: '{value}' }}" in code or f"'{name}': {{ value: \"{value}\" }}" in code


def test_the_front_door_hands_on_all_but_the_host_keeps_nothing_and_speaks_tls_alone() -> None:
    config = read(EDGE).resources["Distribution"]["Properties"]["DistributionConfig"]
    for each in [*config["CacheBehaviors"], config["DefaultCacheBehavior"]]:
        assert each["CachePolicyId"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # CachingDisabled
        assert each["ViewerProtocolPolicy"] == "https-only"
    for each in config["CacheBehaviors"]:
        assert each["OriginRequestPolicyId"] == "b689b0a8-53d0-40ab-baf2-68738e2966ac"  # AllViewerExceptHostHeader
        assert {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} <= set(each["AllowedMethods"])
    for origin in config["Origins"]:
        assert origin["CustomOriginConfig"] == {"OriginProtocolPolicy": "https-only", "OriginSSLProtocols": ["TLSv1.2"]}
        assert f"-{origin['Id']}-api-domain" in json.dumps(origin["DomainName"])
        assert f"-{origin['Id']}-api-path" in json.dumps(origin["OriginPath"])
