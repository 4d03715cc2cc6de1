"""Where an engine answers otherwise than AWS: each asked, each known, and each named on the page of what is proven."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chassis.writes import Claim
from tests.conformance.clouds import IN_MEMORY, LOCAL, MOTO, TABLE, Small
from tests.conformance.cups import make, page, save

Ask = Callable[[Small], Any]
DONE = "done"


@dataclass(frozen=True)
class Deviation:
    """What is asked, what AWS answers, and what the engines answer that do not."""

    name: str
    ask: Ask
    right: Any
    others: Mapping[str, Any]


def answer(call: Callable[..., Any], **asked: Any) -> str:
    """Whether it was done, or the code of the refusal; an engine that breaks at it gives the error's name."""
    try:
        call(**asked)
    except ClientError as refusal:
        return str(refusal.response["Error"]["Code"])
    except BotoCoreError:
        raise
    except Exception as error:
        return type(error).__name__
    return DONE


def put(**attributes: Any) -> Ask:
    item = {"pk": {"S": "a"}} | attributes
    return lambda small: answer(small.dynamodb.put_item, TableName=TABLE, Item=item)


def update(expression: str, **names: str) -> Ask:
    values = {":by": {"N": "1"}}
    asked = {"UpdateExpression": expression, "ExpressionAttributeValues": values}
    asked |= {"ExpressionAttributeNames": names} if names else {}

    def ask(small: Small) -> str:
        put(text={"S": "tea"})(small)
        return answer(small.dynamodb.update_item, TableName=TABLE, Key={"pk": {"S": "a"}}, **asked)

    return ask


def written_number(small: Small) -> Any:
    put(level={"N": "007.50"})(small)
    return small.outcome("get_item", TableName=TABLE, Key={"pk": {"S": "a"}})["Item"]["level"]["N"]


def last_page(small: Small) -> bool:
    """Whether a full page with nothing after it tells a place to go on from."""
    for place in "12":
        make(small, save(place, shelf="top", place=place))
    return page(small, Limit=2)[1] is not None


def same_token_twice(small: Small) -> str:
    only_once = {"TableName": TABLE, "Item": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_not_exists(pk)"}
    asked = {"TransactItems": [{"Put": only_once}], "ClientRequestToken": "one"}
    answer(small.dynamodb.transact_write_items, **asked)
    return answer(small.dynamodb.transact_write_items, **asked)


def unused_value(small: Small) -> str:
    values = {":none": {"N": "1"}}
    asked = {"ConditionExpression": "attribute_not_exists(pk)", "ExpressionAttributeValues": values}
    return answer(small.dynamodb.put_item, TableName=TABLE, Item={"pk": {"S": "a"}}, **asked)


def large_publication(small: Small) -> str:
    entries = [{"Id": str(number), "Message": "m" * 200_000} for number in range(2)]
    return answer(small.sns.publish_batch, TopicArn=small.topic, PublishBatchRequestEntries=entries)


INVALID = "ValidationException"
DEVIATIONS = (
    Deviation(
        "of two writes on one item in a transaction, the second one's condition is asked after the first",
        lambda small: make(small, Claim("a", "me"), Claim("a", "you"))[0],
        INVALID,
        {LOCAL: "TransactionCanceledException"},
    ),
    Deviation("a full last page tells no place to go on from", last_page, True, {MOTO: False}),
    Deviation("a number is kept as it was written", written_number, "7.5", {IN_MEMORY: "007.50", MOTO: "007.50"}),
    Deviation(
        "a number of 39 digits is taken",
        put(level={"N": "1" * 39}),
        INVALID,
        {IN_MEMORY: DONE, MOTO: DONE},
    ),
    Deviation(
        "an attribute of an index may be a number",
        put(shelf={"N": "1"}, place={"S": "1"}),
        INVALID,
        {MOTO: DONE},
    ),
    Deviation("a reserved word may stand in an expression", update("ADD count :by"), INVALID, {IN_MEMORY: DONE}),
    Deviation(
        "an update may name one attribute twice",
        update("ADD level :by REMOVE level"),
        INVALID,
        {IN_MEMORY: DONE},
    ),
    Deviation("adding to a text breaks it", update("ADD text :by"), INVALID, {IN_MEMORY: "KeyError"}),
    Deviation("a value that is not used is no matter", unused_value, INVALID, {IN_MEMORY: DONE, MOTO: DONE}),
    Deviation(
        "a name that is not used is no matter",
        update("ADD level :by", **{"#none": "none"}),
        INVALID,
        {IN_MEMORY: DONE},
    ),
    Deviation(
        "a table that is not there breaks it",
        lambda small: answer(small.dynamodb.get_item, TableName="nowhere", Key={"pk": {"S": "a"}}),
        "ResourceNotFoundException",
        {IN_MEMORY: "KeyError"},
    ),
    Deviation("it knows no tokens of transactions", same_token_twice, DONE, {IN_MEMORY: "TypeError"}),
    Deviation("a batch of 400 KB is published", large_publication, "BatchRequestTooLong", {MOTO: DONE, LOCAL: DONE}),
    Deviation(
        "a letter may hold a sign that XML has not",
        lambda small: answer(small.sqs.send_message, QueueUrl=small.inbox, MessageBody="\uffff"),
        "InvalidMessageContents",
        {IN_MEMORY: DONE, MOTO: DONE, LOCAL: DONE},
    ),
    Deviation(
        "it has no copies to recover from",
        lambda small: answer(lambda: small.dynamodb.describe_continuous_backups(TableName=TABLE)),
        DONE,
        {LOCAL: "UnknownOperationException", IN_MEMORY: "AttributeError"},
    ),
    Deviation(
        "its records name a region of its own",
        lambda small: make(small, save("a")) or small.records()[0].get("awsRegion"),
        "us-east-1",
        {LOCAL: "ddblocal", IN_MEMORY: None},
    ),
)
