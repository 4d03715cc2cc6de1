"""Items with a time to live go after it, and the stream tells that DynamoDB itself removed them."""

import time

from infra.local.moto import expiry
from tests.infra.moto.faults import Stream, a_table, put


def test_only_what_has_expired_goes_and_the_stream_says_who_removed_it(cloud: None) -> None:
    dynamodb, now = a_table(), int(time.time())
    setting = {"Enabled": True, "AttributeName": "until"}
    dynamodb.update_time_to_live(TableName="things", TimeToLiveSpecification=setting)
    dynamodb.put_item(**put("gone", until={"N": str(now - 1)}))
    dynamodb.put_item(**put("later", until={"N": str(now + 1000)}))
    dynamodb.put_item(**put("no number", until={"S": "0"}))
    dynamodb.put_item(**put("a mistake of milliseconds or of zero", until={"N": "0"}))
    dynamodb.put_item(**put("for ever"))
    stream = Stream()
    assert len(stream.read()) == 5
    expiry.sweep(now)
    [record] = stream.read()
    assert (record["eventName"], record["dynamodb"]["Keys"]) == ("REMOVE", {"id": {"S": "gone"}})
    assert record["userIdentity"] == {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}
    assert dynamodb.scan(TableName="things")["Count"] == 4


def test_a_table_without_time_to_live_keeps_everything(cloud: None) -> None:
    dynamodb = a_table()
    dynamodb.put_item(**put("old", until={"N": "1"}))
    expiry.sweep(time.time())
    assert dynamodb.scan(TableName="things")["Count"] == 1
