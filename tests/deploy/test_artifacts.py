"""Where functions take their code from."""

import ast

import pytest

from infra.deploy.artifacts import code_key, with_code
from infra.deploy.errors import Unusable
from tests.architecture.sources import sources

ZIPS = {"deployment.zip": "0a", "authorizer.zip": "1b"}


def a_template(code: str) -> dict[str, object]:
    function = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": code, "Timeout": 10}}
    return {"Resources": {"Inbox": function, "Role": {"Type": "AWS::IAM::Role"}}}


def test_a_function_takes_its_code_from_the_bucket_by_the_hash_of_its_content() -> None:
    placed = with_code(a_template("./authorizer.zip"), ZIPS, "shop")["Resources"]
    assert placed["Inbox"]["Properties"] == {"CodeUri": f"s3://shop/{code_key('1b')}", "Timeout": 10}
    assert placed["Role"] == {"Type": "AWS::IAM::Role"}


def test_code_that_was_not_packed_is_refused_by_its_name() -> None:
    with pytest.raises(Unusable, match=r"Inbox takes its code from other\.zip, which was not packed"):
        with_code(a_template("./other.zip"), ZIPS, "shop")


def test_no_call_reads_from_or_writes_to_the_bucket_of_another_account_that_took_its_name() -> None:
    calls = [
        node
        for source in sources("infra/deploy")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Attribute)
        and node.func.value.attr == "s3"
    ]
    assert len(calls) > 4
    for call in calls:
        assert "ExpectedBucketOwner" in [each.arg for each in call.keywords], ast.unparse(call)
