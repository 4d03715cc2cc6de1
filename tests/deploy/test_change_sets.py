"""What becomes of a stack whose first change set can not be made."""

from typing import Any

import boto3
import pytest

from infra.deploy.aws import Aws
from infra.deploy.change_sets import Wanted, propose
from infra.deploy.errors import DeployError
from infra.deploy.parts import Part

WANTED = Wanted("emporium-dev-tea", Part("tea", {"Resources": {}}, frozenset(), frozenset()), {}, {}, False, "bucket")


class CloudFormation:
    """Takes a change set, and finds that it can not be; the stack has that status by then."""

    def __init__(self, status: str) -> None:
        self.status, self.deleted = status, list[str]()

    def create_change_set(self, **_: Any) -> dict[str, str]:
        return {"Id": "arn:change-set", "StackId": "arn:stack"}

    def describe_change_set(self, **_: Any) -> dict[str, str]:
        return {"Status": "FAILED", "StatusReason": "it can not be"}

    def describe_stacks(self, **named: str) -> dict[str, Any]:
        return {"Stacks": [{"StackName": WANTED.stack, "StackId": named["StackName"], "StackStatus": self.status}]}

    def delete_stack(self, **named: str) -> None:
        self.deleted.append(named["StackName"])


@pytest.mark.parametrize(
    ("status", "deleted"),
    [("REVIEW_IN_PROGRESS", ["arn:stack"]), ("CREATE_IN_PROGRESS", []), ("CREATE_COMPLETE", [])],
)
def test_only_what_nobody_else_makes_meanwhile_is_taken_away_again(status: str, deleted: list[str]) -> None:
    aws, engine = Aws(boto3.Session(), "123456789012", "us-east-1"), CloudFormation(status)
    aws.__dict__["cloudformation"] = engine
    with pytest.raises(DeployError, match="emporium-dev-tea can not be changed: it can not be"):
        propose(WANTED, "CREATE", aws)
    assert engine.deleted == deleted
