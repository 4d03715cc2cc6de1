"""The events that handlers get."""

from datetime import UTC, datetime

from infra.local.sources import queue_events, schedules, stream_events
from tests.infra.sources.parts import QUEUE_ARN, STREAM_ARN


def test_a_message_has_the_shape_that_lambda_gives_it() -> None:
    message = {
        "MessageId": "m-1",
        "ReceiptHandle": "r-1",
        "Body": "hello",
        "MD5OfBody": "5d41",
        "MD5OfMessageAttributes": "0d60",
        "Attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"},
        "MessageAttributes": {
            "type": {"DataType": "String", "StringValue": "Placed"},
            "count": {"DataType": "Number", "StringValue": "3"},
            "raw": {"DataType": "Binary", "BinaryValue": b"\x00\xff"},
        },
    }
    (record,) = queue_events.to_event([message], QUEUE_ARN)["Records"]
    assert record == {
        "messageId": "m-1",
        "receiptHandle": "r-1",
        "body": "hello",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1700000000000"},
        "messageAttributes": {
            "type": {
                "stringValue": "Placed",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "String",
            },
            "count": {
                "stringValue": "3",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "Number",
            },
            "raw": {
                "binaryValue": "AP8=",
                "stringListValues": [],
                "binaryListValues": [],
                "dataType": "Binary",
            },
        },
        "md5OfBody": "5d41",
        "md5OfMessageAttributes": "0d60",
        "eventSource": "aws:sqs",
        "eventSourceARN": QUEUE_ARN,
        "awsRegion": "us-east-1",
    }


def test_a_message_without_attributes_has_an_empty_object_of_them() -> None:
    message = {"MessageId": "m-1", "ReceiptHandle": "r-1", "Body": "hello", "MD5OfBody": "5d41"}
    (record,) = queue_events.to_event([message], QUEUE_ARN)["Records"]
    assert record["messageAttributes"] == {}
    assert "md5OfMessageAttributes" not in record


def test_a_stream_record_has_the_shape_that_lambda_gives_it() -> None:
    given = {
        "eventID": "e-1",
        "eventName": "REMOVE",
        "eventVersion": "1.0",
        "eventSource": "aws:dynamodb",
        "awsRegion": "elsewhere",
        "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
        "dynamodb": {
            "ApproximateCreationDateTime": datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
            "Keys": {"id": {"B": b"\x00\xff"}},
            "OldImage": {"id": {"B": b"\x00\xff"}, "list": {"L": [{"BS": [b"a", b"b"]}, {"N": "1.50"}]}},
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }
    assert stream_events.to_record(given, STREAM_ARN) == {
        "eventID": "e-1",
        "eventName": "REMOVE",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "userIdentity": {"principalId": "dynamodb.amazonaws.com", "type": "Service"},
        "dynamodb": {
            "ApproximateCreationDateTime": 1767323045,
            "Keys": {"id": {"B": "AP8="}},
            "OldImage": {"id": {"B": "AP8="}, "list": {"L": [{"BS": ["YQ==", "Yg=="]}, {"N": "1.50"}]}},
            "SequenceNumber": "111",
            "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": STREAM_ARN,
    }


def test_a_schedule_event_has_the_shape_that_eventbridge_gives_it() -> None:
    event = schedules.to_event("tick", datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC))
    assert len(event.pop("id")) == 36
    assert event == {
        "version": "0",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": "2026-01-02T03:04:05Z",
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/tick"],
        "detail": {},
    }
