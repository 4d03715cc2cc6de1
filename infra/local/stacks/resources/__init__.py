"""The resource types that can be applied: what each understands, and how it is made so."""

from collections.abc import Mapping

from infra.local.stacks.resources import queues, subscriptions, tables, topics
from infra.local.stacks.resources.kind import Kind

KINDS: Mapping[str, Kind] = {
    "AWS::DynamoDB::Table": tables.TABLE,
    "AWS::SNS::Topic": topics.TOPIC,
    "AWS::SNS::Subscription": subscriptions.SUBSCRIPTION,
    "AWS::SQS::Queue": queues.QUEUE,
    "AWS::SQS::QueuePolicy": queues.QUEUE_POLICY,
}
