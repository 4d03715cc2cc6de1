"""Each fault of moto that the embedded cloud mends, as a question to the cloud in this process."""

import sys
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.core.models import DEFAULT_ACCOUNT_ID

Question = Callable[[], bool]
QUESTIONS: dict[str, Question] = {}
HERE = (DEFAULT_ACCOUNT_ID, "us-east-1")


def fault(question: Question) -> Question:
    QUESTIONS[question.__name__] = question
    return question


def client(service: Any) -> Any:
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1}, account_id_endpoint_mode="disabled")
    return boto3.client(service, region_name="us-east-1", config=config)


def a_table(name: str = "things", **more: Any) -> Any:
    """A client for a cloud with this table, and a stream of it."""
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}, *more.pop("attributes", [])],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        **more,
    )
    return dynamodb


def key(name: str) -> dict[str, Any]:
    return {"TableName": "things", "Key": {"id": {"S": name}}}


def put(name: str, /, **attributes: Any) -> dict[str, Any]:
    return {"TableName": "things", "Item": {"id": {"S": name}, **attributes}}


class Stream:
    """The stream of the table, read from its start."""

    def __init__(self) -> None:
        self.client = client("dynamodbstreams")
        arn = self.client.list_streams(TableName="things")["Streams"][0]["StreamArn"]
        shard = self.client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
        start = {"StreamArn": arn, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
        self.iterator = self.client.get_shard_iterator(**start)["ShardIterator"]

    def read(self) -> list[dict[str, Any]]:
        answer = self.client.get_records(ShardIterator=self.iterator)
        self.iterator = answer["NextShardIterator"]
        records: list[dict[str, Any]] = answer["Records"]
        return records


def is_refused(code: str, call: Callable[..., Any], **parameters: Any) -> bool:
    """Whether the call fails with this code, and not with another, and not by an error inside the cloud."""
    try:
        call(**parameters)
    except ClientError as error:
        return bool(error.response["Error"]["Code"] == code)
    except Exception:  # what would be a status 500 comes through as it is in process
        return False
    return False


def steps(action: Callable[[], object]) -> int:
    """How many functions a call runs through: a measure of its cost that no other process disturbs."""
    taken = 0

    def count(frame: Any, event: str, argument: Any) -> None:
        nonlocal taken
        taken += event == "call"

    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(None)
    return taken


def grows(action: Callable[[], object], fill: Callable[[], object]) -> bool:
    """Whether the action costs more once there is much more of what it ought not to care about."""
    action()
    before = steps(action)
    fill()
    return steps(action) > before * 1.5


def at_once(actions: list[Callable[[], object]]) -> list[Exception]:
    """Runs the actions in threads that are switched as often as the interpreter can; gives what went wrong."""
    begin, usual, failures = threading.Barrier(len(actions)), sys.getswitchinterval(), list[Exception]()

    def run(action: Callable[[], object]) -> None:
        begin.wait()
        try:
            action()
        except Exception as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(usual)
    return failures


@fault
def conditional_writes_race() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("stock", left={"N": "5"}))
    won: list[int] = []

    def take() -> None:
        taking = {"UpdateExpression": "SET #l = #l - :one", "ConditionExpression": "#l >= :one"}
        for _ in range(3):
            if not is_refused(
                "ConditionalCheckFailedException",
                dynamodb.update_item,
                **key("stock"),
                **taking,
                ExpressionAttributeNames={"#l": "left"},
                ExpressionAttributeValues={":one": {"N": "1"}},
            ):
                won.append(1)

    return at_once([take] * 8) != [] or len(won) != 5


@fault
def a_transaction_costs_more_the_larger_the_table() -> bool:
    dynamodb = a_table()

    def transact() -> None:
        dynamodb.transact_write_items(TransactItems=[{"Put": put(uuid.uuid4().hex)} for _ in range(3)])

    return grows(transact, lambda: [dynamodb.put_item(**put(f"more-{n}")) for n in range(150)])


@fault
def a_cancelled_transaction_shows_records_to_an_open_iterator() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("there"))
    stream = Stream()
    stream.read()
    cancel(dynamodb)
    return stream.read() != []


@fault
def a_cancelled_transaction_makes_open_iterators_blind() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("there"))
    stream = Stream()
    stream.read()
    cancel(dynamodb)
    stream.read()
    dynamodb.put_item(**put("later"))
    return [record["dynamodb"]["Keys"]["id"]["S"] for record in stream.read()] != ["later"]


def cancel(dynamodb: Any) -> None:
    new = {"Put": put("there") | {"ConditionExpression": "attribute_not_exists(id)"}}
    assert is_refused(
        "TransactionCanceledException", dynamodb.transact_write_items, TransactItems=[{"Put": put("new")}, new]
    )


@fault
def an_upsert_is_told_twice() -> bool:
    dynamodb = a_table()
    setting = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    dynamodb.update_item(**key("new"), **setting)
    told = [(record["eventName"], record["dynamodb"].get("NewImage")) for record in Stream().read()]
    return told != [("INSERT", {"id": {"S": "new"}, "n": {"N": "1"}})]


@fault
def a_write_that_changes_nothing_is_told() -> bool:
    dynamodb = a_table()
    for _ in range(2):
        dynamodb.put_item(**put("same", n={"N": "1"}))
    setting = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    dynamodb.update_item(**key("same"), **setting)
    return len(Stream().read()) != 1


@fault
def a_failed_update_leaves_its_first_steps() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("one", n={"N": "1"}, name={"S": "text"}))
    expression = "SET n = :two ADD #name :two"
    names = {"ExpressionAttributeNames": {"#name": "name"}, "ExpressionAttributeValues": {":two": {"N": "2"}}}
    assert not succeeds(dynamodb.update_item, **key("one"), UpdateExpression=expression, **names)
    return bool(dynamodb.get_item(**key("one"))["Item"]["n"] != {"N": "1"})


def succeeds(call: Callable[..., Any], **parameters: Any) -> bool:
    try:
        call(**parameters)
    except Exception:
        return False
    return True


@fault
def every_model_is_kept() -> bool:
    from moto.dynamodb.models.dynamo_type import Item

    dynamodb = a_table()
    before = len(Item.instances_tracked)  # type: ignore[attr-defined]
    dynamodb.put_item(**put("one"))
    return len(Item.instances_tracked) > before  # type: ignore[attr-defined]


@fault
def every_shard_iterator_is_kept() -> bool:
    from moto.dynamodbstreams.models import dynamodbstreams_backends

    a_table()
    stream = Stream()
    kept = dynamodbstreams_backends[HERE[0]][HERE[1]].shard_iterators
    before = len(kept)
    stream.read()
    return len(kept) > before


@fault
def every_published_message_is_kept() -> bool:
    from moto.sns.models import sns_backends

    sns = client("sns")
    arn = sns.create_topic(Name="topic")["TopicArn"]
    entries = [{"Id": str(number), "Message": "m"} for number in range(10)]
    for _ in range(12):
        sns.publish_batch(TopicArn=arn, PublishBatchRequestEntries=entries)
    return len(sns_backends[HERE[0]][HERE[1]].topics[arn].sent_notifications) > 100


@fault
def every_signed_message_leaves_a_certificate() -> bool:
    from moto.sns.models import sns_backends

    sns, _, arn = a_subscribed_queue("false")
    for _ in range(2):
        sns.publish(TopicArn=arn, Message="m")
    return len(sns_backends[HERE[0]][HERE[1]]._message_public_keys) > 1


@fault
def looking_for_an_item_leaves_a_trace() -> bool:
    from moto.dynamodb.models import dynamodb_backends

    dynamodb = client("dynamodb")
    names = ("id", "at")
    dynamodb.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=True)],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        BillingMode="PAY_PER_REQUEST",
    )
    dynamodb.get_item(TableName="things", Key={"id": {"S": "none"}, "at": {"S": "none"}})
    return len(dynamodb_backends[HERE[0]][HERE[1]].tables["things"].items) > 0


def a_subscribed_queue(raw: str = "true") -> tuple[Any, str, str]:
    """An SNS client, the URL of a queue, and the topic that it is subscribed to."""
    sns, sqs = client("sns"), client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sns.create_topic(Name="topic")["TopicArn"]
    endpoint = f"arn:aws:sqs:us-east-1:{DEFAULT_ACCOUNT_ID}:inbox"
    sns.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=endpoint, Attributes={"RawMessageDelivery": raw})
    return sns, url, arn


def fill_queue(url: str, batches: int) -> None:
    entries = [{"Id": str(number), "MessageBody": "m"} for number in range(10)]
    for _ in range(batches):
        client("sqs").send_message_batch(QueueUrl=url, Entries=entries)


@fault
def publishing_costs_more_the_longer_the_queue() -> bool:
    sns, url, arn = a_subscribed_queue()
    return grows(lambda: sns.publish(TopicArn=arn, Message="m"), lambda: fill_queue(url, 15))


@fault
def receiving_and_deleting_cost_more_the_longer_the_queue() -> bool:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    fill_queue(url, 1)

    def take() -> None:
        [message] = sqs.receive_message(QueueUrl=url)["Messages"]
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    return grows(take, lambda: fill_queue(url, 15))


@fault
def receivers_at_once_disturb_each_other_or_get_the_same_message() -> bool:
    sqs = client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    fill_queue(url, 8)
    got: list[str] = []

    def take() -> None:
        for _ in range(10):
            got.extend(each["MessageId"] for each in sqs.receive_message(QueueUrl=url).get("Messages", []))

    return at_once([take] * 8) != [] or max(Counter(got).values()) > 1


@fault
def a_message_past_its_retention_blocks_the_queue() -> bool:
    from moto.sqs.models import sqs_backends

    sqs = client("sqs")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="old")
    sqs_backends[HERE[0]][HERE[1]].queues["inbox"].messages[0].sent_timestamp = 0  # type: ignore[assignment]
    sqs.send_message(QueueUrl=url, MessageBody="new")
    return [each["Body"] for each in sqs.receive_message(QueueUrl=url).get("Messages", [])] != ["new"]


@fault
def a_subscribed_queue_that_is_gone_stops_the_topic() -> bool:
    sns, url, arn = a_subscribed_queue()
    client("sqs").delete_queue(QueueUrl=url)
    return not succeeds(sns.publish, TopicArn=arn, Message="m")


@fault
def a_query_costs_more_the_larger_the_table() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("one"))
    asking = {"KeyConditionExpression": "id = :id", "ExpressionAttributeValues": {":id": {"S": "one"}}}
    return grows(
        lambda: dynamodb.query(TableName="things", **asking),
        lambda: [dynamodb.put_item(**put(f"more-{number}")) for number in range(150)],
    )


@fault
def a_query_on_an_index_costs_more_the_larger_the_table() -> bool:
    index = {"IndexName": "owner", "KeySchema": [{"AttributeName": "owner", "KeyType": "HASH"}]}
    attributes = [{"AttributeName": "owner", "AttributeType": "S"}]
    dynamodb = a_table(
        attributes=attributes, GlobalSecondaryIndexes=[index | {"Projection": {"ProjectionType": "ALL"}}]
    )
    dynamodb.put_item(**put("one", owner={"S": "ada"}))
    asking: dict[str, Any] = {"KeyConditionExpression": "#o = :ada", "ExpressionAttributeNames": {"#o": "owner"}}
    asking["ExpressionAttributeValues"] = {":ada": {"S": "ada"}}
    return grows(
        lambda: dynamodb.query(TableName="things", IndexName="owner", **asking),
        lambda: [dynamodb.put_item(**put(f"more-{number}", owner={"S": "bob"})) for number in range(150)],
    )


@fault
def a_client_request_token_is_ignored() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("counter", n={"N": "0"}))
    adding = {"UpdateExpression": "ADD n :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
    for _ in range(2):
        dynamodb.transact_write_items(ClientRequestToken="t", TransactItems=[{"Update": key("counter") | adding}])
    return bool(dynamodb.get_item(**key("counter"))["Item"]["n"] != {"N": "1"})


@fault
def a_client_request_token_serves_another_transaction() -> bool:
    dynamodb = a_table()
    dynamodb.transact_write_items(ClientRequestToken="t", TransactItems=[{"Put": put("one")}])
    other = {"ClientRequestToken": "t", "TransactItems": [{"Put": put("two")}]}
    return not is_refused("IdempotentParameterMismatchException", dynamodb.transact_write_items, **other)


@fault
def a_transaction_of_more_than_four_megabytes_is_done() -> bool:
    items = [{"Put": put(f"large-{number}", text={"S": "x" * 390_000})} for number in range(11)]
    return not is_refused("ValidationException", a_table().transact_write_items, TransactItems=items)


@fault
def a_limit_of_zero_breaks_the_cloud() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("one"))
    return not is_refused("ValidationException", dynamodb.scan, TableName="things", Limit=0)


@fault
def a_start_key_that_is_none_breaks_the_cloud() -> bool:
    dynamodb = a_table()
    dynamodb.put_item(**put("one"))
    wrong = {"ExclusiveStartKey": {"other": {"S": "x"}}}
    return not is_refused("ValidationException", dynamodb.scan, TableName="things", **wrong)


@fault
def an_expression_that_can_not_be_read_breaks_the_cloud() -> bool:
    wrong = put("one") | {"ConditionExpression": "attribute_not_exists(id"}
    return not is_refused("ValidationException", a_table().put_item, **wrong)


@fault
def a_batch_of_more_than_twenty_five_is_written() -> bool:
    requests = [{"PutRequest": {"Item": put(str(number))["Item"]}} for number in range(26)]
    return not is_refused("ValidationException", a_table().batch_write_item, RequestItems={"things": requests})
