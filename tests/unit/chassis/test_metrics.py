"""Lines of metrics are what CloudWatch takes, and written where it reads them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import jsonschema
import pytest

from chassis import clock, log
from chassis.metrics import measure
from tests.lines import lines

# The schema of AWS's page, less its limits on lengths:
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
DIRECTIVE = {
    "type": "object",
    "required": ["Namespace", "Dimensions", "Metrics"],
    "additionalProperties": False,
    "properties": {
        "Namespace": {"type": "string", "minLength": 1},
        "Dimensions": {"type": "array", "items": {"type": "array", "maxItems": 30, "items": {"type": "string"}}},
        "Metrics": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["Name"],
                "additionalProperties": False,
                "properties": {"Name": {"type": "string"}, "Unit": {"enum": ["Count", "Seconds"]}},
            },
        },
    },
}
DOCUMENT = {
    "type": "object",
    "required": ["_aws"],
    "properties": {
        "_aws": {
            "type": "object",
            "required": ["Timestamp", "CloudWatchMetrics"],
            "properties": {
                "Timestamp": {"type": "integer"},
                "CloudWatchMetrics": {"type": "array", "items": DIRECTIVE},
            },
        }
    },
}


@pytest.fixture(autouse=True)
def _in_a_function(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("METRICS", "on")
    log.begin({"stage": "dev", "capability": "kitchen", "request_id": "1"})
    yield
    log.begin({})


def told(capsys: pytest.CaptureFixture[str], **values: float) -> dict[str, Any]:
    measure(values)
    [line] = lines(capsys.readouterr().out)
    return line


def test_a_line_of_metrics_is_a_document_of_the_embedded_metric_format(capsys: pytest.CaptureFixture[str]) -> None:
    clock.use(lambda: datetime(2026, 3, 1, 12, 0, 0, 250_999, tzinfo=UTC))
    line = told(capsys, CupsFilled=2, FillingSeconds=0.25)
    jsonschema.validate(line, DOCUMENT)
    assert line["_aws"]["Timestamp"] == 1772366400250
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Metrics"] == [
        {"Name": "CupsFilled", "Unit": "Count"},
        {"Name": "FillingSeconds", "Unit": "Seconds"},
    ]
    assert (line["CupsFilled"], line["FillingSeconds"]) == (2, 0.25)


def test_a_metric_has_stage_and_capability_as_its_dimensions_and_no_id(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, CupsFilled=1)
    [directive] = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["stage", "capability"]]
    assert (line["stage"], line["capability"], line["request_id"]) == ("dev", "kitchen", "1")


def test_the_same_metrics_are_told_with_their_own_values_each_time(capsys: pytest.CaptureFixture[str]) -> None:
    measure({"CupsFilled": 1})
    measure({"CupsFilled": 3})
    assert [line["CupsFilled"] for line in lines(capsys.readouterr().out)] == [1, 3]


def test_nothing_measured_is_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    measure({})
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("switch", "function", "is_told"),
    [
        (None, None, False),
        ("off", None, False),
        ("on", None, True),
        (None, "emporium-dev-relay", True),
        ("off", "emporium-dev-relay", False),
        ("", "emporium-dev-relay", True),
    ],
)
def test_metrics_are_told_on_lambda_unless_a_setting_says_otherwise(
    switch: str | None,
    function: str | None,
    is_told: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in (("METRICS", switch), ("AWS_LAMBDA_FUNCTION_NAME", function)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    measure({"CupsFilled": 1})
    assert bool(capsys.readouterr().out) == is_told
