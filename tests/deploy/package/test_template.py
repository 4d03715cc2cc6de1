"""The template beside the zips: each function finds its own."""

import yaml

from infra.deploy.package import template

FUNCTION = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "./deployment.zip", "Tags": {"a": "b"}}}
MERGED = {"Resources": {"Identify": FUNCTION, "Inbox": FUNCTION, "Role": {"Type": "AWS::IAM::Role"}}}


def test_the_authorizer_runs_from_its_own_zip_and_all_else_from_the_other() -> None:
    made = template.pointed(MERGED)["Resources"]
    assert made["Identify"]["Properties"]["CodeUri"] == "./authorizer.zip"
    assert made["Inbox"]["Properties"]["CodeUri"] == "./deployment.zip"
    assert made["Inbox"]["Properties"]["Tags"] == {"a": "b"}
    assert made["Role"] == {"Type": "AWS::IAM::Role"}


def test_a_template_is_written_without_aliases_and_read_as_it_was() -> None:
    text = template.text(MERGED)
    assert "&" not in text
    assert yaml.safe_load(text) == MERGED
