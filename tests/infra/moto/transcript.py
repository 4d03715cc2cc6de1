"""What a cloud answers to calls of every kind that a shop makes, without what differs from run to run."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from tests.infra.moto.faults import client

# Made up anew in each run.
VARYING = {
    "CreationDateTime", "eventID", "LatestStreamArn", "LatestStreamLabel", "MessageId", "NextShardIterator",
    "ReceiptHandle", "SequenceNumber", "ShardIterator", "SubscriptionArn", "ApproximateCreationDateTime",
    "ApproximateFirstReceiveTimestamp", "SentTimestamp", "CreatedTimestamp", "LastModifiedTimestamp",
    "MD5OfBody", "Signature", "SigningCertURL", "Timestamp", "UnsubscribeURL",
}  # fmt: skip
# Where moto differs from AWS, and the embedded cloud does not.
DIFFERING = {"SizeBytes", "eventVersion", "ResponseMetadata"}

EVERY_TYPE: dict[str, Any] = {
    "pk": {"S": "ü"},
    "sk": {"N": "1"},
    "binary": {"B": b"\x00\xff"},
    "binaries": {"BS": [b"a"]},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "numbers": {"NS": ["1"]},
    "texts": {"SS": ["a"]},
    "empty": {"S": ""},
    "map": {"M": {"list": {"L": [{"N": "1.50"}, {"M": {"b": {"B": b"x"}}}, {"L": []}]}, "none": {"M": {}}}},
    "n": {"N": "10"},
    "owner": {"S": "ada"},
}
KEY = {"pk": {"S": "ü"}, "sk": {"N": "1"}}


class Transcript:
    """Makes calls and writes the answers down, errors among them."""

    def __init__(self) -> None:
        self.lines: list[Any] = []

    def __call__(self, call: Callable[..., Any], **parameters: Any) -> Any:
        try:
            answer = call(**parameters)
            line = plain(answer)
        except ClientError as error:
            answer = dict(error.response)
            line = plain({name: answer[name] for name in answer if name != "ResponseMetadata"})
            line["status"] = answer["ResponseMetadata"]["HTTPStatusCode"]
        self.lines.append([call.__name__, line])
        return answer


def plain(value: Any) -> Any:
    """As JSON, without what varies; sets in order, and texts that are JSON as what they say."""
    if isinstance(value, dict):
        kept = {name: plain(member) for name, member in value.items() if name not in VARYING | DIFFERING}
        return kept | {kind: sorted(kept[kind]) for kind in ("SS", "NS", "BS") if kind in kept}
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and value.startswith("{"):
        return plain(json.loads(value))
    return str(value) if isinstance(value, datetime) else value


def transcript() -> list[Any]:
    note = Transcript()
    tables(note, client("dynamodb"))
    transactions(note, client("dynamodb"))
    streams(note, client("dynamodbstreams"))
    queues(note, client("sqs"))
    topics(note, client("sns"), client("sqs"))
    return note.lines


def tables(note: Transcript, dynamodb: Any) -> None:
    index = {"KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}, {"AttributeName": "n", "KeyType": "RANGE"}]}
    note(
        dynamodb.create_table,
        TableName="t",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in {"pk": "S", "sk": "N", "owner": "S", "n": "N"}.items()
        ],
        BillingMode="PAY_PER_REQUEST",
        GlobalSecondaryIndexes=[
            {"IndexName": "all", "Projection": {"ProjectionType": "ALL"}, **index},
            {"IndexName": "keys", "Projection": {"ProjectionType": "KEYS_ONLY"}, **index},
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    there = {"TableName": "t"}
    note(dynamodb.put_item, **there, Item=EVERY_TYPE, ReturnConsumedCapacity="TOTAL")
    note(dynamodb.get_item, **there, Key=KEY, ConsistentRead=True)
    note(
        dynamodb.get_item,
        **there,
        Key=KEY,
        ProjectionExpression="#m.#l[0], n, binary",
        ExpressionAttributeNames={"#m": "map", "#l": "list"},
        ReturnConsumedCapacity="INDEXES",
    )
    note(dynamodb.get_item, **there, Key=KEY | {"sk": {"N": "2"}})
    note(dynamodb.get_item, **there, Key={"pk": {"S": "x"}})
    note(dynamodb.get_item, TableName="none", Key=KEY)
    note(dynamodb.put_item, **there, Item={"pk": {"S": "no range"}})
    note(
        dynamodb.put_item,
        **there,
        Item=KEY,
        ConditionExpression="attribute_not_exists(pk)",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    note(dynamodb.put_item, **there, Item=KEY | {"n": {"N": "11"}, "owner": {"S": "ada"}}, ReturnValues="ALL_OLD")
    for returned in ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"):
        note(
            dynamodb.update_item,
            **there,
            Key=KEY,
            ReturnValues=returned,
            UpdateExpression="SET n = n + :one, #new = if_not_exists(#new, :m), l = list_append(:l, :l) REMOVE gone",
            ExpressionAttributeNames={"#new": "new"},
            ExpressionAttributeValues={
                ":one": {"N": "1"},
                ":m": {"M": {"a": {"B": b"x"}}},
                ":l": {"L": [{"S": "x"}]},
            },
        )
    note(
        dynamodb.update_item,
        **there,
        Key=KEY,
        UpdateExpression="SET n = :n",
        ConditionExpression="n = :none",
        ExpressionAttributeValues={":n": {"N": "1"}, ":none": {"N": "-1"}},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    note(
        dynamodb.update_item,
        **there,
        Key=KEY,
        UpdateExpression="SET pk = :n",
        ExpressionAttributeValues={":n": {"S": "1"}},
    )
    note(dynamodb.update_item, **there, Key=KEY, UpdateExpression="SET", ExpressionAttributeValues={":n": {"S": "1"}})
    note(
        dynamodb.update_item,
        **there,
        Key=KEY | {"sk": {"N": "5"}},
        ReturnValues="ALL_NEW",
        UpdateExpression="ADD n :five SET #o = :ada",
        ExpressionAttributeNames={"#o": "owner"},
        ExpressionAttributeValues={":five": {"N": "5"}, ":ada": {"S": "ada"}},
    )
    note(
        dynamodb.batch_write_item,
        RequestItems={
            "t": [
                *(
                    {
                        "PutRequest": {
                            "Item": {
                                "pk": {"S": "many"},
                                "sk": {"N": str(n)},
                                "n": {"N": str(20 - n)},
                                "owner": {"S": "bob"},
                            }
                        }
                    }
                    for n in range(9)
                ),
                {"DeleteRequest": {"Key": {"pk": {"S": "never"}, "sk": {"N": "1"}}}},
            ]
        },
    )
    note(dynamodb.batch_get_item, RequestItems={"t": {"Keys": [KEY, {"pk": {"S": "many"}, "sk": {"N": "3"}}]}})
    pages(note, dynamodb)
    note(dynamodb.delete_item, **there, Key=KEY, ReturnValues="ALL_OLD")
    note(dynamodb.delete_item, **there, Key=KEY, ConditionExpression="attribute_exists(pk)")
    note(dynamodb.describe_table, **there)


def pages(note: Transcript, dynamodb: Any) -> None:
    """Every way to ask for several items, page by page."""
    many: dict[str, Any] = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "many"}}}
    owner = {"ExpressionAttributeNames": {"#o": "owner"}}
    bob: dict[str, Any] = {
        **owner,
        "ExpressionAttributeValues": {":o": {"S": "bob"}},
        "KeyConditionExpression": "#o = :o",
    }
    ranged = {
        **owner,
        "KeyConditionExpression": "#o = :o AND n BETWEEN :a AND :b",
        "ExpressionAttributeValues": {":o": {"S": "bob"}, ":a": {"N": "14"}, ":b": {"N": "17"}},
    }
    old = {"KeyConditions": {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": "many"}]}}}
    filtered = many | {"FilterExpression": "n > :n"}
    filtered |= {"ExpressionAttributeValues": {":p": {"S": "many"}, ":n": {"N": "15"}}}
    for asked in (
        many | {"Limit": 4},
        many | {"Limit": 4, "ScanIndexForward": False},
        bob | {"IndexName": "all", "Limit": 4},
        bob | {"IndexName": "keys", "Limit": 5, "ScanIndexForward": False},
        ranged | {"IndexName": "all"},
        filtered | {"Limit": 3, "ProjectionExpression": "n"},
        old | {"Limit": 5},
        many | {"Select": "COUNT"},
        many | {"IndexName": "none"},
        bob | {"IndexName": "all", "ConsistentRead": True},
        {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "nobody"}}},
    ):
        answer = note(dynamodb.query, TableName="t", **asked)
        while (start := answer.get("LastEvaluatedKey")) is not None:
            answer = note(dynamodb.query, TableName="t", **asked, ExclusiveStartKey=start)
    answer = note(dynamodb.scan, TableName="t", Limit=4)
    while (start := answer.get("LastEvaluatedKey")) is not None:
        answer = note(dynamodb.scan, TableName="t", Limit=4, ExclusiveStartKey=start)


def transactions(note: Transcript, dynamodb: Any) -> None:
    def item(name: str) -> dict[str, Any]:
        return {"TableName": "t", "Item": {"pk": {"S": name}, "sk": {"N": "1"}, "n": {"N": "1"}}}

    def where(name: str) -> dict[str, Any]:
        return {"TableName": "t", "Key": {"pk": {"S": name}, "sk": {"N": "1"}}}

    absent = {"ConditionExpression": "attribute_not_exists(pk)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    adding = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    write = dynamodb.transact_write_items
    note(write, TransactItems=[{"Put": item("a") | absent}, {"Put": item("b")}, {"Update": where("c") | adding}])
    note(write, TransactItems=[{"Put": item("a") | absent}, {"Delete": where("b")}, {"Update": where("c") | adding}])
    note(write, TransactItems=[{"Put": item("a")}, {"Delete": where("a")}])
    note(
        write,
        TransactItems=[
            {
                "ConditionCheck": where("a")
                | {"ConditionExpression": "n = :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
            },
            {"Update": where("c") | adding},
            {"Delete": where("b")},
        ],
    )
    note(dynamodb.transact_get_items, TransactItems=[{"Get": where(name)} for name in "abc"])


def streams(note: Transcript, streams: Any) -> None:
    """Only the records of writes that moto tells of rightly: those of the last transactions."""
    arn = streams.list_streams(TableName="t")["Streams"][0]["StreamArn"]
    [shard] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = {"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
    iterator = streams.get_shard_iterator(**start)["ShardIterator"]
    records = streams.get_records(ShardIterator=iterator)["Records"]
    first = next(r for r in records if r["eventName"] == "INSERT")
    deletions = [record for record in records if record["eventName"] == "REMOVE"]
    note.lines.append(["get_records", plain([first, *deletions])])


def queues(note: Transcript, sqs: Any) -> None:
    sqs.create_queue(QueueName="dead")
    redrive = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 2}
    url = note(sqs.create_queue, QueueName="q", Attributes={"RedrivePolicy": json.dumps(redrive)})["QueueUrl"]
    attributes = {
        "text": {"DataType": "String", "StringValue": "ü"},
        "raw": {"DataType": "Binary", "BinaryValue": b"\xff"},
    }
    note(sqs.send_message, QueueUrl=url, MessageBody="hello ü", MessageAttributes=attributes)
    note(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    every = {"MessageAttributeNames": ["All"], "AttributeNames": ["All"]}
    answer = note(sqs.receive_message, QueueUrl=url, **every)
    handle = answer["Messages"][0]["ReceiptHandle"]
    note(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"])
    note(sqs.receive_message, QueueUrl=url)
    note(sqs.change_message_visibility, QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
    note(sqs.receive_message, QueueUrl=url, VisibilityTimeout=0)
    note(sqs.receive_message, QueueUrl=url)
    dead = sqs.get_queue_url(QueueName="dead")["QueueUrl"]
    note(sqs.receive_message, QueueUrl=dead, **every)
    entries = [{"Id": str(n), "MessageBody": f"m{n}", "DelaySeconds": n % 2 * 900} for n in range(10)]
    note(sqs.send_message_batch, QueueUrl=url, Entries=entries)
    note(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    received = note(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    handles = [{"Id": str(n), "ReceiptHandle": message["ReceiptHandle"]} for n, message in enumerate(received)]
    note(
        sqs.change_message_visibility_batch,
        QueueUrl=url,
        Entries=[entry | {"VisibilityTimeout": 10} for entry in handles]
        + [{"Id": "x", "ReceiptHandle": "x", "VisibilityTimeout": 1}],
    )
    note(sqs.delete_message_batch, QueueUrl=url, Entries=[*handles, {"Id": "x", "ReceiptHandle": "unknown"}])
    note(sqs.delete_message, QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])
    note(sqs.delete_message, QueueUrl=url, ReceiptHandle="unknown")
    note(sqs.purge_queue, QueueUrl=url)
    note(sqs.get_queue_attributes, QueueUrl=url, AttributeNames=["All"])
    note(sqs.receive_message, QueueUrl=url + "none")
    note(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=11)
    fifo(note, sqs)


def fifo(note: Transcript, sqs: Any) -> None:
    settings = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = note(sqs.create_queue, QueueName="q.fifo", Attributes=settings)["QueueUrl"]
    for body, group in (("a1", "a"), ("a2", "a"), ("b1", "b"), ("a1", "a"), ("b2", "b")):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)
    received = note(sqs.receive_message, QueueUrl=url)["Messages"]
    received += note(sqs.receive_message, QueueUrl=url)["Messages"]
    note(sqs.receive_message, QueueUrl=url)
    for message in received:
        note(sqs.delete_message, QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    note(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10)
    note(sqs.send_message, QueueUrl=url, MessageBody="no group")


def topics(note: Transcript, sns: Any, sqs: Any) -> None:
    arn = note(sns.create_topic, Name="topic")["TopicArn"]
    policies: dict[str, tuple[str, dict[str, Any] | None]] = {
        "all-raw": ("true", None),
        "all": ("false", None),
        "some": ("true", {"type": ["A", {"prefix": "B"}], "n": [{"numeric": [">", 1]}, {"exists": False}]}),
    }
    for name, (raw, policy) in policies.items():
        sqs.create_queue(QueueName=name)
        attributes = {"RawMessageDelivery": raw} | ({"FilterPolicy": json.dumps(policy)} if policy else {})
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:{name}"
        note(sns.subscribe, TopicArn=arn, Protocol="sqs", Endpoint=endpoint, Attributes=attributes)

    def typed(kind: str, **more: Any) -> dict[str, Any]:
        return {"MessageAttributes": {"type": {"DataType": "String", "StringValue": kind}, **more}}

    number = {"n": {"DataType": "Number", "StringValue": "1"}}
    note(sns.publish, TopicArn=arn, Message="a & <ü>", Subject="s", **typed("A"))
    note(sns.publish, TopicArn=arn, Message="b", **typed("Bee", **number))
    note(sns.publish, TopicArn=arn, Message="c", **typed("C"))
    note(sns.publish, TopicArn=arn + "-none", Message="c")
    note(sns.publish, TopicArn=arn, Message="x" * 262145)
    note(sns.publish, TopicArn=arn, Message="c", MessageDeduplicationId="d")
    note(sns.publish, TopicArn=arn, Message="c", MessageAttributes={"x": {"DataType": "Nonsense", "StringValue": "x"}})
    entries = [{"Id": str(n), "Message": f"m{n}", **typed("ABC"[n % 3])} for n in range(10)]
    note(sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=entries)
    failing = [{"Id": "1", "Message": "m", "MessageDeduplicationId": "d"}, {"Id": "2", "Message": "m"}]
    note(sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=failing)
    note(sns.publish_batch, TopicArn=arn, PublishBatchRequestEntries=entries[:1] * 2)
    note(sns.list_subscriptions_by_topic, TopicArn=arn)
    note(sns.get_topic_attributes, TopicArn=arn)
    for name in policies:
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        for _ in range(2):
            note(sqs.receive_message, QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
