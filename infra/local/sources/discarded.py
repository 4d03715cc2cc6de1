"""Tells an on-failure destination about the stream records that a mapping gave up."""

import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from infra.local.clients import Clients
from infra.local.sources.mapping import StreamMapping
from infra.local.sources.stream_events import Record, created_at, sequence_number


def document(
    mapping: StreamMapping,
    shard_id: str,
    records: Sequence[Record],
    condition: str,
    invocations: int,
    now: datetime,
) -> dict[str, Any]:
    """What Lambda sends: where the records lie in the stream, not the records themselves.

    https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
    """
    region, account = mapping.stream_arn.split(":")[3:5]
    context = {
        "requestId": str(uuid.uuid4()),
        "functionArn": f"arn:aws:lambda:{region}:{account}:function:{mapping.handler}",
        "condition": condition,
        "approximateInvokeCount": invocations,
    }
    response = {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"}
    return {
        "requestContext": context,
        **({"responseContext": response} if invocations else {}),
        "version": "1.0",
        "timestamp": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "DDBStreamBatchInfo": {
            "shardId": shard_id,
            "startSequenceNumber": sequence_number(records[0]),
            "endSequenceNumber": sequence_number(records[-1]),
            "approximateArrivalOfFirstRecord": _arrival(records[0]),
            "approximateArrivalOfLastRecord": _arrival(records[-1]),
            "batchSize": len(records),
            "streamArn": mapping.stream_arn,
        },
    }


def send(destination_arn: str, content: dict[str, Any], clients: Clients) -> None:
    service, _, account, name = destination_arn.split(":")[2:6]
    if service == "sns":
        clients.sns.publish(TopicArn=destination_arn, Message=json.dumps(content))
        return
    url = clients.sqs.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"]
    clients.sqs.send_message(QueueUrl=url, MessageBody=json.dumps(content))


def _arrival(record: Record) -> str:
    return datetime.fromtimestamp(created_at(record), UTC).isoformat().replace("+00:00", "Z")
