"""The parts of SAM that an overlay may speak of.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-resource-function.html
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class EventKind:
    """A type of event source: its properties, and what Chalice adds to the function's name to name it."""

    suffix: str
    properties: frozenset[str]


_MAPPING = frozenset(
    {
        "BatchSize",
        "Enabled",
        "FilterCriteria",
        "FunctionResponseTypes",
        "KmsKeyArn",
        "MaximumBatchingWindowInSeconds",
        "MetricsConfig",
    }
)
EVENTS: Mapping[str, EventKind] = {
    "SQS": EventKind("SqsEventSource", _MAPPING | {"ProvisionedPollerConfig", "Queue", "ScalingConfig"}),
    "DynamoDB": EventKind(
        "DynamodbEventSource",
        _MAPPING
        | {
            "BisectBatchOnFunctionError",
            "DestinationConfig",
            "MaximumRecordAgeInSeconds",
            "MaximumRetryAttempts",
            "ParallelizationFactor",
            "StartingPosition",
            "StartingPositionTimestamp",
            "Stream",
            "TumblingWindowInSeconds",
        },
    ),
    "Schedule": EventKind(
        "Event",
        frozenset(
            {
                "DeadLetterConfig",
                "Description",
                "Enabled",
                "Input",
                "Name",
                "RetryPolicy",
                "RoleArn",
                "Schedule",
                "State",
                "Target",
            }
        ),
    ),
}

# Of these, only Environment and Events have a meaning outside Lambda.
FUNCTION_PROPERTIES = frozenset(
    {
        "Architectures",
        "AutoPublishAlias",
        "DeadLetterQueue",
        "DeploymentPreference",
        "Description",
        "Environment",
        "EphemeralStorage",
        "EventInvokeConfig",
        "Events",
        "KmsKeyArn",
        "Layers",
        "LoggingConfig",
        "MemorySize",
        "Policies",
        "RecursiveLoop",
        "ReservedConcurrentExecutions",
        "Role",
        "Runtime",
        "RuntimeManagementConfig",
        "SnapStart",
        "Tags",
        "Timeout",
        "Tracing",
        "VpcConfig",
    }
)

# Resources that an overlay may add and that watch, keep or allow, but do not take part: here everybody may do all.
NOTHING_LOCAL = frozenset({"AWS::CloudWatch::Alarm", "AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::Serverless::Api"})
