"""The topic of alarms lies encrypted, is spoken to by TLS alone, and alarms can speak to it all the same."""

from typing import Any

from infra.local.stacks.reading import read
from tests.infra.stacks.linting import lint
from tests.watching.merged import BUSINESS

ALARMS = {"Service": "cloudwatch.amazonaws.com"}
OF_THIS_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def properties(id: str) -> dict[str, Any]:
    found: dict[str, Any] = read(BUSINESS).resources[id]["Properties"]
    return found


def statements(policy: dict[str, Any], principal: Any) -> list[dict[str, Any]]:
    return [each for each in policy["Statement"] if each["Principal"] == principal]


def test_the_stack_that_watches_is_valid() -> None:
    assert lint(BUSINESS.read_text()) == []


def test_alarms_may_publish_to_their_topic_and_use_its_key_and_those_of_this_account_alone() -> None:
    """The key of AWS for SNS lets them not: an alarm would ring and be told to nobody."""
    assert properties("AlarmTopic")["KmsMasterKeyId"] == {"Fn::GetAtt": ["AlarmKey", "Arn"]}
    [use] = statements(properties("AlarmKey")["KeyPolicy"], ALARMS)
    [publish] = statements(properties("AlarmTopicPolicy")["PolicyDocument"], ALARMS)
    assert (use["Effect"], use["Action"]) == ("Allow", ["kms:Decrypt", "kms:GenerateDataKey"])
    assert (publish["Effect"], publish["Action"]) == ("Allow", "sns:Publish")
    assert use["Condition"] == publish["Condition"] == OF_THIS_ACCOUNT


def test_nobody_speaks_to_the_topic_without_tls_and_only_alarms_without_being_of_this_account() -> None:
    own, alarms, deny = properties("AlarmTopicPolicy")["PolicyDocument"]["Statement"]
    assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
    assert deny["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert set(deny["Action"]) == set(own["Action"]) >= {alarms["Action"]}
    assert "${AWS::AccountId}" in own["Principal"]["AWS"]["Fn::Sub"]


def test_whoever_is_no_service_uses_the_key_through_the_topic_alone() -> None:
    administered, alarms, used = properties("AlarmKey")["KeyPolicy"]["Statement"]
    assert used["Principal"] == administered["Principal"]
    assert used["Condition"] == {"StringEquals": {"kms:ViaService": {"Fn::Sub": "sns.${AWS::Region}.amazonaws.com"}}}
    assert not set(administered["Action"]) & {*alarms["Action"], *used["Action"], "kms:CreateGrant", "kms:Encrypt"}


def test_alarms_go_by_email_only_where_somebody_is_named() -> None:
    assert read(BUSINESS).resources["AlarmSubscription"]["Condition"] == "HasEmail"
    assert read(BUSINESS).parameters["AlarmEmail"]["Default"] == ""
