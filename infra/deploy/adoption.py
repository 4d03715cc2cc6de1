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

# What an import knows a resource by (its properties, by name), or None where it is not there.
Identifier = Mapping[str, str] | None


def orphans(part: Part, parameters: Mapping[str, str], aws: Aws) -> "list[ResourceToImportTypeDef]":
    """The retained resources of a part, whose stack is not there, that are there already."""
    found: list[ResourceToImportTypeDef] = []
    ids = dict[str, str]()  # of what was found: a group is known by its pool
    resources = made(part, parameters, aws)
    for logical_id in part.retained:
        resource = resources.get(logical_id)
        if resource is None or resource["Type"] not in _KINDS or not _owner_is_there(resource, ids):
            continue
        named, find = _KINDS[resource["Type"]]
        scope = _scope(part, {**parameters, **ids}, aws)
        where = f"Resources.{logical_id}.Properties"
        names = [resolve(resource["Properties"][each], scope, f"{where}.{each}") for each in named]
        if identifier := find(aws, *names):
            ids[logical_id] = next(iter(identifier.values()))
            entry = {"LogicalResourceId": logical_id, "ResourceType": resource["Type"]}
            found.append({**entry, "ResourceIdentifier": identifier})  # type: ignore[typeddict-item]
    return found


def _owner_is_there(resource: Mapping[str, Any], ids: Mapping[str, str]) -> bool:
    """What belongs to a pool of accounts is not there without it."""
    pool = resource["Properties"].get("UserPoolId")
    return pool is None or pool.get("Ref") in ids


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


def _table(aws: Aws, name: str) -> Identifier:
    aws.dynamodb.describe_table(TableName=name)
    return {"TableName": name}


def _queue(aws: Aws, name: str) -> Identifier:
    return {"QueueUrl": aws.sqs.get_queue_url(QueueName=name)["QueueUrl"]}


def _bucket(aws: Aws, name: str) -> Identifier:
    aws.s3.head_bucket(Bucket=name, ExpectedBucketOwner=aws.account)
    return {"BucketName": name}


def _secret(aws: Aws, name: str) -> Identifier:
    return {"Id": aws.secrets.describe_secret(SecretId=name)["ARN"]}


def _log_group(aws: Aws, name: str) -> Identifier:
    groups = aws.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return {"LogGroupName": name} if any(group.get("logGroupName") == name for group in groups) else None


def _user_pool(aws: Aws, name: str) -> Identifier:
    """Names of pools need not be different: where two bear this one, only people know which is the shop's."""
    pages = aws.cognito.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60})
    ids = [pool["Id"] for page in pages for pool in page["UserPools"] if pool.get("Name") == name]
    if len(ids) > 1:
        raise DeployError(
            f"{len(ids)} user pools are called {name} ({', '.join(ids)}), and none belongs to a stack: "
            "rename or delete those that are not the shop's, then deploy again"
        )
    return {"UserPoolId": ids[0]} if ids else None


def _group(aws: Aws, pool: str, name: str) -> Identifier:
    aws.cognito.get_group(UserPoolId=pool, GroupName=name)
    return {"UserPoolId": pool, "GroupName": name}


_NOT_THERE = {"ResourceNotFoundException", "AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "404"}


def _if_there(find: Callable[..., Identifier]) -> Callable[..., Identifier]:
    def found(aws: Aws, *names: str) -> Identifier:
        try:
            return find(aws, *names)
        except ClientError as error:
            if error.response["Error"].get("Code") in _NOT_THERE:
                return None
            raise

    return found


# By type: the properties that name it, and how it is found.
_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[..., Identifier]]] = {
    "AWS::Cognito::UserPool": (("UserPoolName",), _user_pool),
    "AWS::Cognito::UserPoolGroup": (("UserPoolId", "GroupName"), _if_there(_group)),
    "AWS::DynamoDB::Table": (("TableName",), _if_there(_table)),
    "AWS::Logs::LogGroup": (("LogGroupName",), _log_group),
    "AWS::S3::Bucket": (("BucketName",), _if_there(_bucket)),
    "AWS::SQS::Queue": (("QueueName",), _if_there(_queue)),
    "AWS::SecretsManager::Secret": (("Name",), _if_there(_secret)),
}
