"""What a cloud keeps in a folder is there in the next one, however the first one ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from moto.sqs.models import Message, sqs_backends

from infra.local.clients import Clients
from infra.local.data import InUse, claim
from infra.local.moto.kept_letters import Journal
from infra.local.moto.queues import line_of
from tests.infra.moto.running import a_cloud, client

PASSWORD = "Correct-Horse-9-Battery"


@contextmanager
def queues(folder: Path) -> Iterator[tuple[Any, str, str]]:
    """Of a cloud that is killed at the end: a client, and the URLs of a queue and of its dead letters."""
    with a_cloud("--data", str(folder), killed=True) as endpoint:
        sqs = client(endpoint, "sqs")
        dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
        policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'
        attributes = {"RedrivePolicy": policy, "VisibilityTimeout": "0"}
        yield sqs, sqs.create_queue(QueueName="inbox", Attributes=attributes)["QueueUrl"], dead


def receive(sqs: Any, url: str) -> list[Any]:
    got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"])
    return list(got.get("Messages", ()))


def bodies(sqs: Any, url: str) -> list[str]:
    return [message["Body"] for message in receive(sqs, url)]


def test_letters_wait_for_the_next_cloud_and_those_that_were_deleted_do_not(tmp_path: Path) -> None:
    kind = {"kind": {"DataType": "Binary", "BinaryValue": b"\x00\xff"}}
    with queues(tmp_path) as (sqs, inbox, _):
        sqs.send_message(QueueUrl=inbox, MessageBody="heard")
        [heard] = receive(sqs, inbox)
        sqs.delete_message(QueueUrl=inbox, ReceiptHandle=heard["ReceiptHandle"])
        for body in ("one", "two"):
            sqs.send_message(QueueUrl=inbox, MessageBody=body, MessageAttributes=kind)
    with queues(tmp_path) as (sqs, inbox, _):
        found = receive(sqs, inbox)
        assert [message["Body"] for message in found] == ["one", "two"]
        assert found[0]["MessageAttributes"]["kind"]["BinaryValue"] == b"\x00\xff"


def test_what_was_set_aside_stays_aside(tmp_path: Path) -> None:
    with queues(tmp_path) as (sqs, inbox, _):
        sqs.send_message(QueueUrl=inbox, MessageBody="poor")
        assert [bodies(sqs, inbox) for _ in range(2)] == [["poor"], []]
    with queues(tmp_path) as (sqs, inbox, dead):
        assert (bodies(sqs, inbox), bodies(sqs, dead)) == ([], ["poor"])


def test_what_is_set_aside_is_written_there_before_it_is_struck_out_here(cloud: None) -> None:
    class Told:
        def __init__(self, name: str) -> None:
            self.name = name

        def came(self, message: Message) -> None:
            told.append(f"{self.name} +")

        def went(self, message: Message) -> None:
            told.append(f"{self.name} -")

    told: list[str] = []
    sqs: Any = Clients().sqs
    sqs.create_queue(QueueName="dead")
    policy = '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:dead", "maxReceiveCount": 1}'
    attributes = {"RedrivePolicy": policy, "VisibilityTimeout": "0"}
    inbox = sqs.create_queue(QueueName="inbox", Attributes=attributes)["QueueUrl"]
    for queue in sqs_backends["123456789012"]["us-east-1"].queues.values():
        line_of(queue).journal = Told(queue.name)
    sqs.send_message(QueueUrl=inbox, MessageBody="poor")
    assert [bodies(sqs, inbox) for _ in range(2)] == [["poor"], []]
    assert told[:3] == ["inbox +", "dead +", "inbox -"]


def test_a_queue_that_was_deleted_comes_back_empty(tmp_path: Path) -> None:
    with queues(tmp_path) as (sqs, inbox, _):
        sqs.send_message(QueueUrl=inbox, MessageBody="gone")
        sqs.delete_queue(QueueUrl=inbox)
    with queues(tmp_path) as (sqs, inbox, _):
        assert bodies(sqs, inbox) == []


def test_a_line_that_was_cut_off_takes_no_other_with_it(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "inbox.jsonl")
    for name in ("a", "b"):
        journal.came(Message(name, f"body of {name}"))
    with (tmp_path / "inbox.jsonl").open("a") as file:
        file.write('{"went": "')
    assert [message.id for message in Journal(tmp_path / "inbox.jsonl").found] == ["a", "b"]


def test_a_file_does_not_grow_with_what_has_gone(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "inbox.jsonl")
    letters = [Message(str(number), "x" * 50_000) for number in range(30)]
    for letter in letters:
        journal.came(letter)
    for letter in letters[1:]:
        journal.went(letter)
    assert [message.id for message in Journal(tmp_path / "inbox.jsonl").found] == ["0"]
    journal = Journal(tmp_path / "inbox.jsonl")
    for letter in letters:
        journal.came(letter)
        journal.went(letter)
    assert (tmp_path / "inbox.jsonl").stat().st_size < 1_100_000


@contextmanager
def pool(folder: Path) -> Iterator[Any]:
    """A client of a cloud that is killed at the end, with a pool, its client and its group."""
    with a_cloud("--data", str(folder), killed=True) as endpoint:
        cognito = client(endpoint, "cognito-idp")
        made = cognito.create_user_pool(PoolName="shop", UsernameAttributes=["email"])["UserPool"]
        flows = ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        cognito.create_user_pool_client(UserPoolId=made["Id"], ClientName="shop", ExplicitAuthFlows=flows)
        cognito.create_group(UserPoolId=made["Id"], GroupName="staff")
        yield cognito


def sign_up(cognito: Any, email: str) -> dict[str, str]:
    named = {"UserPoolId": "us-east-1_shop", "Username": email}
    cognito.admin_create_user(**named, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(**named, Password=PASSWORD, Permanent=True)
    return named


def subject(cognito: Any, named: dict[str, str]) -> str:
    found = cognito.admin_get_user(**named)["UserAttributes"]
    return next(str(each["Value"]) for each in found if each["Name"] == "sub")


def sign_in(cognito: Any, email: str, password: str = PASSWORD) -> Any:
    return cognito.admin_initiate_auth(
        UserPoolId="us-east-1_shop",
        ClientId="shop",
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password},
    )


def test_who_has_an_account_has_it_in_the_next_cloud_as_the_same_person(tmp_path: Path) -> None:
    with pool(tmp_path) as cognito:
        ada, bob = (sign_up(cognito, f"{name}@example.org") for name in ("ada", "bob"))
        cognito.admin_add_user_to_group(**ada, GroupName="staff")
        cognito.admin_disable_user(**bob)
        known = subject(cognito, ada)
    with pool(tmp_path) as cognito:
        assert subject(cognito, ada) == known
        assert sign_in(cognito, "ada@example.org")["AuthenticationResult"]["AccessToken"]
        groups = cognito.admin_list_groups_for_user(**ada)["Groups"]
        assert [group["GroupName"] for group in groups] == ["staff"]
        for email, password in (("ada@example.org", "Wrong-Horse-9-Battery"), ("bob@example.org", PASSWORD)):
            with pytest.raises(cognito.exceptions.NotAuthorizedException):
                sign_in(cognito, email, password)


def test_a_folder_is_one_clouds_alone_and_nobody_elses_to_read(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with queues(folder), pytest.raises(InUse, match="another shop runs on"):
        claim(folder)
    claim(folder)
    assert folder.stat().st_mode & 0o077 == 0
