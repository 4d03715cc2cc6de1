"""What outlived its stack is found again by its name, and taken into the new stack instead of made anew.

Tables, queues and accounts are retained when their stack is deleted, or when its first creation fails. To
CloudFormation their names are then taken; an import takes them back, with all that is in them.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/import-resources.html
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from infra.deploy.aws import Aws
from infra.deploy.errors import DeployError
from infra.deploy.parts import Part, naming
from infra.local.stacks.intrinsics import Scope, holds, resolve

if TYPE_CHECKING:
    from mypy_boto3_cloudformation.type_defs import ResourceToImportTypeDef

Finder = Callable[[Aws, str], str | None]


def orphans(part: Part, parameters: Mapping[str, str], aws: Aws) -> "list[ResourceToImportTypeDef]":
    """The retained resources of a part, whose stack is not there, that are there already."""
    scope = _scope(part, parameters, aws)
    found: list[ResourceToImportTypeDef] = []
    resources = made(part, parameters, aws)
    for logical_id in part.retained:
        resource = resources.get(logical_id)
        if resource is None or resource["Type"] not in _KINDS:
            continue
        named, identifier, find = _KINDS[resource["Type"]]
        name = resolve(resource["Properties"][named], scope, f"Resources.{logical_id}.Properties.{named}")
        if (physical := find(aws, name)) is not None:
            entry = {"LogicalResourceId": logical_id, "ResourceType": resource["Type"]}
            found.append({**entry, "ResourceIdentifier": {identifier: physical}})  # type: ignore[typeddict-item]
    return found


def made(part: Part, parameters: Mapping[str, str], aws: Aws) -> dict[str, Mapping[str, Any]]:
    """What the part's stack makes with these parameters: all but what stands under a condition that does not hold."""
    scope = _scope(part, parameters, aws)
    return {
        name: each
        for name, each in part.resources.items()
        if "Condition" not in each or holds({"Condition": each["Condition"]}, scope, f"Resources.{name}.Condition")
    }


def _scope(part: Part, parameters: Mapping[str, str], aws: Aws) -> Scope:
    defaults = {name: str(rules["Default"]) for name, rules in part.parameters.items() if "Default" in rules}
    known = {"AWS::AccountId": aws.account, "AWS::Region": aws.region, **defaults, **parameters}
    return replace(naming(part.name, known), conditions=part.template.get("Conditions") or {})


def adopting(template: Mapping[str, Any], logical_ids: set[str]) -> dict[str, Any]:
    """The template of an import: nothing but what is imported, for an import may make or change nothing else."""
    resources = {name: each for name, each in template["Resources"].items() if name in logical_ids}
    kept = {name: value for name, value in template.items() if name not in ("Outputs", "Resources")}
    return kept | {"Resources": resources}


def _table(aws: Aws, name: str) -> str | None:
    return _unless(lambda: aws.dynamodb.describe_table(TableName=name)["Table"].get("TableName"))


def _queue(aws: Aws, name: str) -> str | None:
    return _unless(lambda: aws.sqs.get_queue_url(QueueName=name)["QueueUrl"])


def _bucket(aws: Aws, name: str) -> str | None:
    return _unless(lambda: name if aws.s3.head_bucket(Bucket=name, ExpectedBucketOwner=aws.account) else None)


def _secret(aws: Aws, name: str) -> str | None:
    return _unless(lambda: aws.secrets.describe_secret(SecretId=name)["ARN"])


def _log_group(aws: Aws, name: str) -> str | None:
    groups = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next((name for group in groups if group.get("logGroupName") == name), None)


def _user_pool(aws: Aws, name: str) -> str | None:
    """Names of pools need not be different: where two bear this one, only people know which is the shop's."""
    pages = aws.cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    ids = [pool["Id"] for page in pages for pool in page["UserPools"] if pool.get("Name") == name]
    if len(ids) > 1:
        raise DeployError(
            f"{len(ids)} user pools are called {name} ({', '.join(ids)}), and none belongs to a stack: "
            "rename or delete those that are not the shop's, then deploy again"
        )
    return ids[0] if ids else None


_NOT_THERE = {"ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "404"}


def _unless(asked: Callable[[], str | None]) -> str | None:
    try:
        return asked()
    except ClientError as error:
        if error.response["Error"].get("Code") in _NOT_THERE:
            return None
        raise


# By type: the property that names it, what an import knows it by, and how it is found.
_KINDS: Mapping[str, tuple[str, str, Finder]] = {
    "AWS::Cognito::UserPool": ("UserPoolName", "UserPoolId", _user_pool),
    "AWS::DynamoDB::Table": ("TableName", "TableName", _table),
    "AWS::Logs::LogGroup": ("LogGroupName", "LogGroupName", _log_group),
    "AWS::S3::Bucket": ("BucketName", "BucketName", _bucket),
    "AWS::SQS::Queue": ("QueueName", "QueueUrl", _queue),
    "AWS::SecretsManager::Secret": ("Name", "Id", _secret),
}
