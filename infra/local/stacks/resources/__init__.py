"""The resource types that can be applied: what each understands, and how it is made so."""

from collections.abc import Mapping

from infra.local.stacks.resources import queues, secrets, subscriptions, tables, topics, user_pool_parts, user_pools
from infra.local.stacks.resources.kind import Kind

KINDS: Mapping[str, Kind] = {
    "AWS::Cognito::UserPool": user_pools.USER_POOL,
    "AWS::Cognito::UserPoolClient": user_pool_parts.USER_POOL_CLIENT,
    "AWS::Cognito::UserPoolGroup": user_pool_parts.USER_POOL_GROUP,
    "AWS::DynamoDB::Table": tables.TABLE,
    "AWS::SecretsManager::Secret": secrets.SECRET,
    "AWS::SNS::Topic": topics.TOPIC,
    "AWS::SNS::TopicPolicy": topics.TOPIC_POLICY,
    "AWS::SNS::Subscription": subscriptions.SUBSCRIPTION,
    "AWS::SQS::Queue": queues.QUEUE,
    "AWS::SQS::QueuePolicy": queues.QUEUE_POLICY,
}
