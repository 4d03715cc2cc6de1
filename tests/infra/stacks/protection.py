"""What is wrong with how the resources of a plan are encrypted, and with whom they let in."""

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from infra.local.stacks.steps import Step
from infra.local.stacks.tokens import resources_in

KEPT = ("AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SNS::Topic", "AWS::SecretsManager::Secret")
_ATTACHED = {
    "AWS::SQS::Queue": ("AWS::SQS::QueuePolicy", "Queues"),
    "AWS::SNS::Topic": ("AWS::SNS::TopicPolicy", "Topics"),
}
# By every call that speaks to the thing itself. SNS takes no sns:* in a topic's policy.
# https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-language-api-permissions-reference.html
_CALLS = {
    "AWS::SQS::Queue": ("sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:SetQueueAttributes"),
    "AWS::SNS::Topic": ("sns:Publish", "sns:Subscribe", "sns:SetTopicAttributes", "sns:DeleteTopic"),
}
_NO_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def unprotected(steps: Iterable[Step], key: str = "") -> list[str]:
    """Each flaw as a sentence; with `key`, everything has to be encrypted by that key."""
    steps = list(steps)
    kept = [step for step in steps if step.type in KEPT]
    return [f"{step.logical_id} {flaw}" for step in kept for flaw in (*_unlocked(step, key), *_open(step, steps))]


def _unlocked(step: Step, key: str) -> Iterator[str]:
    keys = _keys(step.type, step.properties)
    if not keys:
        yield "is not encrypted"
    elif key and keys != [key]:
        yield f"is encrypted by {keys[0]}, not by {key}"


def _keys(type: str, properties: Mapping[str, Any]) -> list[str]:
    """What encrypts it: the name of a key, or of whose it is."""
    if type == "AWS::DynamoDB::Table":
        encryption = properties.get("SSESpecification", {})
        return [encryption.get("KMSMasterKeyId", "AWS")] if encryption.get("SSEEnabled") else []
    if type == "AWS::SecretsManager::Secret":  # always encrypted
        return [properties.get("KmsKeyId", "AWS")]
    own = [properties["KmsMasterKeyId"]] if "KmsMasterKeyId" in properties else []
    return own + (["SQS"] if properties.get("SqsManagedSseEnabled") is True else [])


def _open(step: Step, steps: Iterable[Step]) -> Iterator[str]:
    """Tables and secrets are not spoken of: the rights on them come from roles alone, and they are called by TLS."""
    if step.type not in _ATTACHED:
        return
    kind, attached = _ATTACHED[step.type]
    mine = (step.template, step.logical_id)
    policies = [each for each in steps if each.type == kind and mine in resources_in(each.properties[attached])]
    statements = [one for each in policies for one in each.properties["PolicyDocument"]["Statement"]]
    denied = {call for call in _CALLS[step.type] if any(_denies_without_tls(one, call, mine) for one in statements)}
    for call in sorted(set(_CALLS[step.type]) - denied):
        yield f"takes {call} without TLS"
    for one in statements:
        if one["Effect"] == "Allow" and _is_everybody(one["Principal"]) and not one.get("Condition"):
            yield "lets everybody in"


def _denies_without_tls(statement: Mapping[str, Any], call: str, mine: tuple[str, str]) -> bool:
    return (
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement.get("Condition") == _NO_TLS
        and any(fnmatchcase(call, action) for action in _listed(statement["Action"]))
        and mine in resources_in(statement["Resource"])
    )


def _is_everybody(principal: Any) -> bool:
    return "*" in json.dumps(principal)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
