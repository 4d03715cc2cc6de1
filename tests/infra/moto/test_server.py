"""The cloud's server: what it speaks, what it serves, how it starts and how it ends."""

import http.client
import json
import signal
import socket
import subprocess
import threading
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from infra.local.moto.call import Answer, Call
from infra.local.moto.wire import Server
from tests.infra.moto.running import PATIENCE_SECONDS, ROOT, SERVER, a_cloud, client

SIGNED = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Target": "DynamoDB_20120810.ListTables",
    "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/dynamodb/aws4_request, Signature=0",
}


@pytest.fixture
def queue(endpoint: str) -> Any:
    """A client of SQS, and the URL of a queue that is new."""
    sqs = client(endpoint, "sqs")
    name = f"queue-{threading.get_ident()}-{id(sqs)}"
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    yield sqs, url
    sqs.delete_queue(QueueUrl=url)


def connection(endpoint: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(endpoint).netloc, timeout=PATIENCE_SECONDS)


def address(endpoint: str) -> tuple[str, int]:
    return "127.0.0.1", urlsplit(endpoint).port or 0


def test_a_connection_is_kept_for_the_next_request(endpoint: str) -> None:
    with closing(connection(endpoint)) as line:
        line.connect()
        kept = line.sock
        for _ in range(3):
            line.request("POST", "/", b"{}", SIGNED)
            answer = line.getresponse()
            assert (answer.status, answer.read()) == (200, b'{"TableNames": []}')
            assert line.sock is kept


def test_a_connection_is_closed_when_the_client_asks_for_it(endpoint: str) -> None:
    with socket.create_connection(address(endpoint), timeout=PATIENCE_SECONDS) as raw:
        raw.sendall(b"POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
        while raw.recv(4096):
            pass  # ends, or times out


@pytest.mark.parametrize(
    "sent", [b"hello\r\n\r\n", b"POST / HTTP/1.1\r\nno colon\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n"]
)
def test_what_is_not_http_is_refused_and_the_server_lives(endpoint: str, sent: bytes) -> None:
    with socket.create_connection(address(endpoint), timeout=PATIENCE_SECONDS) as raw:
        raw.sendall(sent)
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert client(endpoint, "dynamodb").list_tables()["TableNames"] == []


def test_json_that_is_none_is_refused(endpoint: str) -> None:
    answer = httpx.post(endpoint, content=b"{", headers=SIGNED)
    assert (answer.status_code, answer.json()) == (400, {"__type": "SerializationException"})


def test_an_action_that_is_not_there_is_an_error_and_the_server_lives(endpoint: str) -> None:
    target = {"X-Amz-Target": "DynamoDB_20120810.Nonsense"}
    assert httpx.post(endpoint, content=b"{}", headers=SIGNED | target).is_error
    assert client(endpoint, "dynamodb").list_tables()["TableNames"] == []


def test_a_long_poll_keeps_nobody_waiting_and_ends_with_the_message(endpoint: str, queue: Any) -> None:
    sqs, url = queue
    received: list[Any] = []
    pollers = [
        threading.Thread(target=lambda: received.append(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)))
        for _ in range(4)
    ]
    for poller in pollers:
        poller.start()
    dynamodb = client(endpoint, "dynamodb")
    assert dynamodb.list_tables()["TableNames"] == []
    assert all(poller.is_alive() for poller in pollers)
    for number in range(4):
        sqs.send_message(QueueUrl=url, MessageBody=str(number))
    for poller in pollers:
        poller.join()
    assert sorted(answer["Messages"][0]["Body"] for answer in received) == ["0", "1", "2", "3"]


def test_a_caller_who_has_hung_up_is_given_no_message(endpoint: str, queue: Any) -> None:
    sqs, url = queue
    body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20})
    headers = SIGNED | {"X-Amz-Target": "AmazonSQS.ReceiveMessage"}
    with closing(connection(endpoint)) as line:
        line.request("POST", "/", body, headers)
    sqs.send_message(QueueUrl=url, MessageBody="precious")
    [message] = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "precious"


def test_services_besides_the_busy_ones_are_served_by_moto_itself(endpoint: str) -> None:
    assert client(endpoint, "sts").get_caller_identity()["Account"] == "123456789012"
    ssm = client(endpoint, "ssm")
    ssm.put_parameter(Name="/shop/key", Value="v", Type="String")
    assert ssm.get_parameter(Name="/shop/key")["Parameter"]["Value"] == "v"
    events = client(endpoint, "events")
    events.put_rule(Name="tick", ScheduleExpression="rate(1 minute)")
    assert [rule["Name"] for rule in events.list_rules()["Rules"]] == ["tick"]
    assert client(endpoint, "cloudformation").list_stacks()["StackSummaries"] == []


def test_objects_go_in_and_out_whole(endpoint: str) -> None:
    s3, content = client(endpoint, "s3"), bytes(range(256)) * 1000
    s3.create_bucket(Bucket="shop")
    s3.put_object(Bucket="shop", Key="a b/ü.bin", Body=content, Metadata={"my_key": "v"})
    got = s3.get_object(Bucket="shop", Key="a b/ü.bin")
    assert got["Body"].read() == content
    assert got["Metadata"] == {"my_key": "v"}
    assert s3.head_object(Bucket="shop", Key="a b/ü.bin")["ContentLength"] == len(content)


def test_a_user_pool_shows_its_keys_to_everybody(endpoint: str) -> None:
    pool = client(endpoint, "cognito-idp").create_user_pool(PoolName="customers")["UserPool"]["Id"]
    assert httpx.get(f"{endpoint}/{pool}/.well-known/jwks.json").json()["keys"][0]["kty"] == "RSA"


def test_a_body_in_chunks_is_read(endpoint: str) -> None:
    with closing(connection(endpoint)) as line:
        line.request("POST", "/", iter([b"{", b"}"]), SIGNED, encode_chunked=True)
        assert line.getresponse().read() == b'{"TableNames": []}'


def test_a_reset_empties_the_cloud() -> None:
    with a_cloud() as endpoint:
        sqs = client(endpoint, "sqs")
        sqs.create_queue(QueueName="inbox")
        httpx.post(f"{endpoint}/moto-api/reset").raise_for_status()
        assert "QueueUrls" not in sqs.list_queues()


def test_it_listens_on_this_machine_only(endpoint: str) -> None:
    port = address(endpoint)[1]
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.2", port))  # free, as it is not on all addresses


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = subprocess.run([*SERVER, str(port)], cwd=ROOT, capture_output=True, text=True, input="")
    assert result.returncode == 2
    assert result.stderr.splitlines() == [f"port {port} of 127.0.0.1 can not be used: Address already in use"]


def started(*options: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [*SERVER[:-2], *options, "--port", "0"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.endpoint = process.stdout.readline().split()[-1]  # type: ignore[attr-defined]
    return process


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_though_somebody_polls(number: int) -> None:
    with started() as process, closing(connection(process.endpoint)) as line:  # type: ignore[attr-defined]
        sqs = client(process.endpoint, "sqs")  # type: ignore[attr-defined]
        url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
        body = json.dumps({"QueueUrl": url, "WaitTimeSeconds": 20})
        line.request("POST", "/", body, SIGNED | {"X-Amz-Target": "AmazonSQS.ReceiveMessage"})
        process.send_signal(number)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_a_request_in_flight_is_answered_before_the_end() -> None:
    begun, go_on = threading.Event(), threading.Event()

    def respond(call: Call) -> Answer:
        begun.set()
        go_on.wait(PATIENCE_SECONDS)
        return Answer(200, [], call.body)

    server = Server(0, respond)
    server.start()
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)) as line:
        line.request("POST", "/", b"work")
        begun.wait(PATIENCE_SECONDS)
        end = threading.Thread(target=server.stop, args=(PATIENCE_SECONDS,))
        end.start()
        server.stopping.wait(PATIENCE_SECONDS)
        go_on.set()
        assert line.getresponse().read() == b"work"
        end.join()


def test_when_tied_it_ends_with_its_input_and_otherwise_it_does_not() -> None:
    with started("--tied") as tied, started() as loose:
        for process in (tied, loose):
            assert process.stdin is not None
            process.stdin.close()
        assert tied.wait(PATIENCE_SECONDS) == 0
        assert client(loose.endpoint, "dynamodb").list_tables()["TableNames"] == []  # type: ignore[attr-defined]
        loose.terminate()
        assert loose.wait(PATIENCE_SECONDS) == 0
