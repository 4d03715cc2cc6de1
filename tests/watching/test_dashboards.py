"""Dashboards are bodies that CloudWatch takes, and show what stands in the templates.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

import json
import re
from itertools import combinations
from typing import Any

import jsonschema
import pytest

from infra.watching import business
from infra.watching.__main__ import written
from infra.watching.measures import of_ours
from infra.watching.widgets import body, graph
from tests.watching.merged import BUSINESS, CAPABILITIES, dashboards, every_alarm, resources

METRIC = {
    "type": "array",
    "prefixItems": [{"type": "string"}, {"type": "string"}],
    "minItems": 5,  # a namespace, a name, a dimension and its value, and how it is shown
    "contains": {
        "type": "object",
        "required": ["label", "stat"],
        "additionalProperties": False,
        "properties": {"label": {"type": "string"}, "stat": {"type": "string"}},
    },
    "maxContains": 1,
}
PROPERTIES: dict[str, dict[str, Any]] = {
    "metric": {
        "required": ["title", "region", "metrics", "view"],
        "properties": {
            "metrics": {"type": "array", "minItems": 1, "maxItems": 100, "items": METRIC},
            "view": {"enum": ["timeSeries", "singleValue"]},
            "period": {"type": "integer", "multipleOf": 60},
        },
    },
    "alarm": {"required": ["alarms"], "properties": {"alarms": {"type": "array", "minItems": 1, "maxItems": 100}}},
    "log": {"required": ["region", "query"], "properties": {"query": {"pattern": "^SOURCE '"}}},
}


def widgets() -> list[dict[str, Any]]:
    return [widget for _, shown in dashboards() for widget in shown["widgets"]]


def test_a_dashboard_is_a_body_that_cloudwatch_takes() -> None:
    bodies = dict(dashboards())
    assert len(bodies) == 1 + len(CAPABILITIES)
    for each in bodies.values():
        assert each.keys() == {"widgets"}
        assert 0 < len(each["widgets"]) <= 500
    for widget in widgets():
        assert widget.keys() == {"type", "x", "y", "width", "height", "properties"}
        assert 1 <= widget["width"] <= 24
        assert 1 <= widget["height"] <= 1000
        jsonschema.validate(widget["properties"], PROPERTIES[widget["type"]])


def test_no_widget_lies_over_another_or_beyond_the_edge() -> None:
    assert all(0 <= each["x"] <= 24 - each["width"] for each in widgets())
    for one, other in (pair for _, shown in dashboards() for pair in combinations(shown["widgets"], 2)):
        beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        below = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert beside or below, (one["properties"]["title"], other["properties"]["title"])


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_dashboard_puts_in_only_what_its_template_has(capability: str) -> None:
    made = resources(capability)
    text = made["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    known = {"Stage", "AWS::Region", "AWS::Partition", "AWS::AccountId", *made}
    assert set(re.findall(r"\$\{([^}]+)\}", text)) <= known


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_a_dashboard_shows_every_alarm_and_asks_every_log_of_its_capability(capability: str) -> None:
    made = resources(capability)
    own = json.loads(made["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]
    [shown] = [each["properties"]["alarms"] for each in own if each["type"] == "alarm"]
    names = [each["AlarmName"]["Fn::Sub"] for of, _, each in every_alarm() if of == capability]
    assert [arn.rpartition(":alarm:")[2] for arn in shown] == names
    [query] = [each["properties"]["query"] for each in own if each["type"] == "log"]
    groups = {
        each["Properties"]["LogGroupName"]["Fn::Sub"] for each in made.values() if each["Type"] == "AWS::Logs::LogGroup"
    }
    assert {f"SOURCE '{group}'" for group in groups} <= set(query.split(" | "))


def test_the_dashboard_of_the_business_is_committed_as_it_is_made() -> None:
    text = BUSINESS.read_text(encoding="utf-8")
    assert written(text) == text, "write it by python -m infra.watching"


def test_the_dashboard_of_the_business_looks_at_all_that_was_set_aside() -> None:
    declared = {
        each["AlarmName"]["Fn::Sub"].removeprefix("emporium-${Stage}-")
        for _, _, each in every_alarm()
        if each["AlarmName"]["Fn::Sub"].endswith("-dlq")
    }
    assert {f"{capability}-{queue}" for capability, queue in business.DEAD_LETTERS} == declared


def test_a_row_begins_below_the_highest_of_the_row_before_it() -> None:
    series = {"cups": of_ours("CupsFilled", "kitchen")}
    rows = [[graph("a", series, number=True), graph("b", series)], [graph("c", series)]]
    placed = [(each["x"], each["y"]) for each in json.loads(body(rows))["widgets"]]
    assert placed == [(0, 0), (8, 0), (0, 6)]
