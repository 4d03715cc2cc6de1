"""What AWS would make of a template is made here, and is sound."""

import copy
import gc
import json
from typing import Any

import pytest
import yaml

from infra.apps_in_process import app_folders
from infra.deploy.stages import deployable
from infra.deploy.translate import NotTranslated, translate
from tests.deploy.packages import NATIVE, Packages
from tests.infra.stacks.linting import lint

REGIONS = ["us-east-1", "eu-central-1", "ap-southeast-2"]
FUNCTION = {
    "Type": "AWS::Serverless::Function",
    "Properties": {"Handler": "app.app", "Runtime": "python3.12", "CodeUri": "s3://bucket/key.zip"},
}
SAM = "AWS::Serverless-2016-10-31"
TEMPLATE = {"Transform": SAM, "Resources": {"Api": FUNCTION}}


def uploaded(template: dict[str, Any]) -> dict[str, Any]:
    """The template as it is once its zips lie in a bucket."""
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            name = resource["Properties"]["CodeUri"].removeprefix("./")
            resource["Properties"]["CodeUri"] = f"s3://artifacts/0123456789abcdef-{name}"
    return template


@pytest.mark.parametrize(("capability", "stage"), [*((name, "prod") for name in app_folders()), ("orders", "dev")])
def test_a_packed_capability_is_sound_cloudformation_once_it_is_translated(
    packages: Packages, capability: str, stage: str
) -> None:
    merged = uploaded(yaml.safe_load(packages(capability, NATIVE).template.read_text(encoding="utf-8")))
    plain = translate(merged, deployable(stage).parameters(), "eu-central-1")
    text = json.dumps(plain, indent=1)
    assert lint(text, *REGIONS) == []
    assert "AWS::Serverless" not in text
    assert text.count("-authorizer.zip") == 1
    assert "eu-central-1" not in text


def test_a_template_that_is_translated_stays_as_it_was() -> None:
    before = copy.deepcopy(TEMPLATE)
    assert translate(TEMPLATE, {}, "us-east-1")["Resources"]["Api"]["Type"] == "AWS::Lambda::Function"
    assert before == TEMPLATE


def test_the_same_template_is_translated_into_the_same_one() -> None:
    assert translate(TEMPLATE, {}, "us-east-1") == translate(TEMPLATE, {}, "us-east-1")


def test_nothing_is_said_of_what_sam_measures_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(2):
        translate(TEMPLATE, {}, "us-east-1")
        gc.collect()
    assert caplog.messages == []


def test_each_region_gets_the_partition_that_it_lies_in() -> None:
    def role(region: str) -> str:
        return json.dumps(translate(TEMPLATE, {}, region)["Resources"]["ApiRole"])

    assert "arn:aws:iam" in role("us-east-1")
    assert "arn:aws-cn:iam" in role("cn-north-1")


def test_code_that_lies_in_no_bucket_is_refused_with_the_name_of_the_function() -> None:
    properties = FUNCTION["Properties"] | {"CodeUri": "./deployment.zip"}  # type: ignore[operator]
    wrong = {"Transform": SAM, "Resources": {"Api": FUNCTION | {"Properties": properties}}}
    with pytest.raises(NotTranslated, match=r"\[Api\].*CodeUri.*s3://bucket/key"):
        translate(wrong, {}, "us-east-1")


def test_a_template_without_resources_is_refused() -> None:
    with pytest.raises(NotTranslated, match="'Resources' section is required"):
        translate({"Transform": SAM}, {}, "us-east-1")
