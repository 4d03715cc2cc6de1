"""A queue that would not let its topic in on AWS is refused, though an emulator delivers to it."""

from pathlib import Path

import pytest

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.plan import make_plan
from tests.infra.stacks.project import a_template

TOPIC_ONLY = "Condition: {ArnEquals: {'aws:SourceArn': !Ref Topic}}"
SNS = "Principal: {Service: sns.amazonaws.com}, Action: sqs:SendMessage"
ADMITS = f"{{Effect: Allow, {SNS}, Resource: !GetAtt Queue.Arn, {TOPIC_ONLY}}}"


def plan(directory: Path, statement: str, subscription: str = "") -> None:
    text = f"""
        Resources:
          Topic: {{Type: AWS::SNS::Topic, Properties: {{TopicName: t}}}}
          Other: {{Type: AWS::SNS::Topic, Properties: {{TopicName: o}}}}
          Queue: {{Type: AWS::SQS::Queue, Properties: {{QueueName: q}}}}
          Dead: {{Type: AWS::SQS::Queue, Properties: {{QueueName: d}}}}
          Policy:
            Type: AWS::SQS::QueuePolicy
            Properties: {{Queues: [!Ref Queue], PolicyDocument: {{Statement: [{statement}]}}}}
          Subscription:
            Type: AWS::SNS::Subscription
            Properties: {{TopicArn: !Ref Topic, Protocol: sqs, Endpoint: !GetAtt Queue.Arn{subscription}}}
    """
    make_plan([a_template(directory, text)], {})


@pytest.mark.parametrize(
    "statement",
    [
        ADMITS,
        f"{{Effect: Allow, {SNS}, Resource: '*'}}",
        f"{{Effect: Allow, Principal: '*', Action: ['sqs:*'], Resource: '*', {TOPIC_ONLY}}}",
        "{Effect: Allow, Principal: {AWS: '*'}, Action: SQS:SendMessage, Resource: [!GetAtt Queue.Arn],"
        " Condition: {ArnLike: {AWS:SourceArn: [!Ref Other, !Ref Topic]}}}",
    ],
)
def test_a_queue_that_lets_its_topic_in_is_fine(tmp_path: Path, statement: str) -> None:
    plan(tmp_path, statement)


@pytest.mark.parametrize(
    "statement",
    [
        f"{{Effect: Deny, {SNS}, Resource: '*'}}",
        "{Effect: Allow, Principal: {Service: events.amazonaws.com}, Action: sqs:SendMessage, Resource: '*'}",
        "{Effect: Allow, Principal: {Service: sns.amazonaws.com}, Action: sqs:ReceiveMessage, Resource: '*'}",
        f"{{Effect: Allow, {SNS}, Resource: !GetAtt Dead.Arn}}",
        f"{{Effect: Allow, {SNS}, Resource: '*', Condition: {{ArnEquals: {{'aws:SourceArn': !Ref Other}}}}}}",
        f"{{Effect: Allow, {SNS}, Resource: '*', Condition: {{Bool: {{'aws:Something': true}}}}}}",
    ],
)
def test_a_queue_that_does_not_let_its_topic_in_is_refused(tmp_path: Path, statement: str) -> None:
    with pytest.raises(TemplateError, match=r"Resources\.Subscription\.Properties\.Endpoint: no policy lets"):
        plan(tmp_path, statement)


def test_the_dead_letters_of_a_subscription_must_let_the_topic_in_too(tmp_path: Path) -> None:
    dead_letters = ", RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}"
    with pytest.raises(TemplateError, match=r"Subscription\.Properties\.RedrivePolicy: no policy lets .*Dead\.Arn"):
        plan(tmp_path, ADMITS, dead_letters)


def test_a_policy_speaks_only_for_the_queues_that_it_hangs_on(tmp_path: Path) -> None:
    both = ", ".join([ADMITS, ADMITS.replace("Queue.Arn", "Dead.Arn")])
    dead_letters = ", RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn}"
    with pytest.raises(TemplateError, match=r"Subscription\.Properties\.RedrivePolicy"):
        plan(tmp_path, both, dead_letters)
