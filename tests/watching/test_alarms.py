"""Alarms are made from what a template declares, and each is told to somebody who finds what to do."""

import json
import re
from typing import Any

import pytest
import yaml

from infra.apps_in_process import ROOT
from infra.deploy.release import released
from infra.local.stacks.reading import read
from infra.watching import watched
from tests.infra.stacks.linting import lint
from tests.watching.merged import BUSINESS, CAPABILITIES, alarms, every_alarm, merged, resources

RUNBOOK = re.compile(r"^[A-Z0-9][^\n]+\. docs/operations\.md#([a-z0-9-]+)$")


def a_template(**functions: dict[str, Any]) -> dict[str, Any]:
    given = {id: {"Type": "AWS::Serverless::Function", "Properties": each} for id, each in functions.items()}
    return {"Resources": given}


def fed_by(kind: str) -> dict[str, Any]:
    return {"Events": {"Source": {"Type": kind, "Properties": {}}}}


def whats(template: dict[str, Any]) -> set[str]:
    made = alarms(watched(template, "kitchen")["Resources"])
    return {each["AlarmName"]["Fn::Sub"].removeprefix("emporium-${Stage}-kitchen-") for each in made.values()}


@pytest.mark.parametrize(
    ("template", "rings"),
    [
        (a_template(APIHandler={}), {"api-handler-errors", "api-handler-latency", "api-handler-throttles"}),
        (a_template(Identify={}), {"identify-errors", "identify-throttles"}),
        (a_template(Inbox=fed_by("SQS")), {"inbox-errors", "inbox-dlq", "inbox-age", "inbox-throttles"}),
        (a_template(Relay=fed_by("DynamoDB")), {"relay-errors", "relay-dlq", "iterator-age", "relay-throttles"}),
        (
            a_template(NightlyCount=fed_by("Schedule")),
            {"nightly-count-errors", "nightly-count-stopped", "nightly-count-throttles"},
        ),
    ],
)
def test_what_a_function_is_fed_by_decides_what_it_is_watched_for(template: dict[str, Any], rings: set[str]) -> None:
    assert whats(template) == rings


def test_a_function_that_is_fed_in_a_way_nobody_watches_is_refused() -> None:
    with pytest.raises(KeyError, match="Kinesis"):
        watched(a_template(Reader=fed_by("Kinesis")), "kitchen")


def test_only_orders_get_stuck() -> None:
    assert [name for name in CAPABILITIES if "StuckOrdersAlarm" in resources(name)] == ["orders"]


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_what_is_watched_is_otherwise_as_it_was(capability: str) -> None:
    before, after = merged(capability), watched(merged(capability), capability)
    for id, each in before["Resources"].items():
        if each["Type"] != "AWS::Serverless::Api":
            assert after["Resources"][id] == each
    new = after["Resources"].keys() - before["Resources"].keys()
    assert {after["Resources"][id]["Type"] for id in new} == {"AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard"}
    assert "title" in json.dumps(merged(capability)["Resources"]["RestAPI"])  # and was not changed in place
    assert merged(capability)["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"] == (
        f"emporium-{capability}"
    )


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_an_api_has_a_name_of_its_own_in_each_stage_as_its_metrics_go_by_it(capability: str) -> None:
    api = resources(capability)["RestAPI"]["Properties"]
    name = {"Fn::Sub": f"emporium-${{Stage}}-{capability}"}
    assert api["DefinitionBody"]["info"]["title"] == name
    faults = json.dumps(alarms(resources(capability))["APIHandlerErrorsAlarm"])
    assert json.dumps({"Name": "ApiName", "Value": name}) in faults
    assert json.dumps({"Name": "Stage", "Value": api["StageName"]}) in faults


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_template_with_its_alarms_and_dashboard_is_valid(capability: str) -> None:
    text = yaml.safe_dump(watched(merged(capability), capability))
    assert lint(text) == []


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_release_that_goes_over_gradually_ends_where_its_callers_are_not_answered(capability: str) -> None:
    made = watched(released(merged(capability)), capability)["Resources"]
    rings = [{"Ref": f"{id}Alarm"} for id in ("APIHandlerErrors", "APIHandlerLatency", "IdentifyErrors")]
    found = {
        id: each["Properties"]["DeploymentPreference"]["Alarms"]
        for id, each in made.items()
        if "DeploymentPreference" in each.get("Properties", {})
    }
    assert found == {"APIHandler": rings, "Identify": rings}


@pytest.mark.parametrize("alias", [None, "live"])
def test_a_release_is_watched_by_what_is_called_by_its_alias(alias: str | None) -> None:
    function = {"AutoPublishAlias": alias} if alias else {}
    made = alarms(watched(a_template(APIHandler=function, Identify=function), "kitchen")["Resources"])
    for id, name in (("APIHandlerLatencyAlarm", "APIHandler"), ("IdentifyErrorsAlarm", "Identify")):
        assert (f"${{{name}}}:live" in json.dumps(made[id])) == bool(alias), id


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_an_alarm_names_its_stage_and_capability_and_tells_the_topic_of_alarms(capability: str) -> None:
    topic = [{"Fn::ImportValue": read(BUSINESS).outputs["AlarmTopicArn"]["Export"]["Name"]}]
    for alarm in alarms(resources(capability)).values():
        assert alarm["AlarmName"]["Fn::Sub"].startswith(f"emporium-${{Stage}}-{capability}-")
        assert alarm["AlarmActions"] == alarm["OKActions"] == topic


def test_no_two_alarms_have_one_name() -> None:
    names = [each["AlarmName"]["Fn::Sub"] for _, _, each in every_alarm()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_an_alarm_is_sound_in_its_time_and_says_what_silence_means(capability: str) -> None:
    for id, alarm in alarms(resources(capability)).items():
        period = alarm["Period"]
        assert period % 60 == 0, id
        assert 1 <= alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"], id
        assert period * alarm["EvaluationPeriods"] <= 24 * 3600, id  # the most that CloudWatch looks back
        stopped = alarm["ComparisonOperator"] == "LessThanThreshold"
        assert alarm["TreatMissingData"] == ("breaching" if stopped else "notBreaching"), id


def test_a_part_of_all_calls_is_less_than_all_of_them() -> None:
    """The average of what is 1 for each call that failed and 0 for each that did not: above 1 it never rings."""
    parts = [each["Threshold"] for _, _, each in every_alarm() if each.get("Statistic") == "Average"]
    assert len(parts) > 3
    assert all(0 < part <= 0.1 for part in parts)


# What rings for nothing; of drift the doctor tells.
WITHOUT_ALARM = {
    "a-table-was-restored",
    "follow-a-request-or-an-order",
    "read-model-drift",
    "somebody-wants-to-be-erased",
    "the-operators-tools",
    "unverified-without-an-account",
}


def test_each_alarm_leads_to_its_runbook_and_each_runbook_has_its_alarm() -> None:
    linked = {anchor for _, _, each in every_alarm() for anchor in RUNBOOK.findall(each["AlarmDescription"])}
    assert all(RUNBOOK.fullmatch(each["AlarmDescription"]) for _, _, each in every_alarm())
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "operations.md").read_text(encoding="utf-8"), re.M)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert linked == anchors - WITHOUT_ALARM
