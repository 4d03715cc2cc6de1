"""What functions told is found in CloudWatch as in a file, and read whatever stands around it."""

import json
from datetime import timedelta
from pathlib import Path

import boto3
import pytest

from chassis import clock
from infra.deploy.aws import Aws
from infra.deploy.errors import Unusable
from infra.operate.lines import failures, in_cloudwatch, in_file, query


def not_heard(id: str, received: int) -> dict[str, object]:
    return {
        "at": f"2026-03-01T12:0{received}:00.000Z",
        "message": "not heard",
        "message_id": id,
        "received": received,
        "cause": f"Fault: {received}",
    }


def test_the_last_failure_has_the_cause_and_the_first_the_time_that_it_began() -> None:
    told = failures([not_heard("m", 2), not_heard("other", 9), not_heard("m", 5)], "m")
    assert told is not None
    assert (told.times, told.first[11:16], told.last[11:16], told.cause) == (5, "12:02", "12:05", "Fault: 5")
    assert failures([not_heard("other", 1), {"message": "heard", "message_id": "m"}], "m") is None


def test_a_file_may_have_anything_around_its_lines(tmp_path: Path) -> None:
    lines = [f"orders  {json.dumps(not_heard('m', 2))}", "m is no line", 'm {"half": ', "m [1]", 'products {"m": 1}']
    (tmp_path / "log").write_text("\n".join([*lines, json.dumps(not_heard("m", 1))]))
    found = in_file(tmp_path / "log")(["m"])
    assert [each.get("received") for each in found] == [None, 1, 2]


def test_a_file_that_is_not_there_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(Unusable, match=r"--log: .*nowhere: No such file"):
        in_file(tmp_path / "nowhere")


def test_a_query_asks_for_any_of_the_words_and_takes_them_as_they_are() -> None:
    assert query(["a-b", 'c"d\\']) == (
        'fields @message | filter @message like "a-b" or @message like "c\\"d\\\\" | sort @timestamp | limit 10000'
    )


def test_what_cloudwatch_has_of_a_stage_is_read(cloud: None) -> None:
    aws = Aws(boto3.Session(region_name="us-east-1"), "123456789012", "us-east-1")
    now = int(clock.now().timestamp() * 1000)
    for stage in ("dev", "prod"):
        group, stream = f"/emporium/{stage}/products/inbox", "stream"
        aws.logs.create_log_group(logGroupName=group)
        aws.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        text = json.dumps(not_heard(stage, 1))
        aws.logs.put_log_events(
            logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": now, "message": text}]
        )
    found = in_cloudwatch(aws, "dev", clock.now() - timedelta(hours=1))(["dev"])
    assert [each["message_id"] for each in found] == ["dev"]


def test_where_there_are_no_logs_nothing_is_found(cloud: None) -> None:
    aws = Aws(boto3.Session(region_name="us-east-1"), "123456789012", "us-east-1")
    assert in_cloudwatch(aws, "dev", clock.now())(["m"]) == []
