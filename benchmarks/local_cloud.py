"""How many calls a local cloud answers for each second of its processor: `python benchmarks/local_cloud.py ours stock`.

Processor time, because it repeats on a busy machine. One client without an SDK, on one connection if that is kept.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

ACCOUNT = "arn:aws:sns:us-east-1:123456789012"
SECONDS = 3  # of each measure, on the wall
SERVERS = {
    "ours": ["-m", "infra.local.moto.server", "--tied", "--port"],
    "stock": ["-c", "import sys; from moto.server import main; main(sys.argv[1:])", "-p"],
}
ATTRIBUTES = {f"attribute{number}": {"S": "twenty letters or so"} for number in range(12)}
LINES = {"lines": {"L": [{"M": {"sku": {"S": "a"}, "quantity": {"N": "2"}}} for _ in range(3)]}}


class Client:
    """Speaks AWS's protocols with a signature that no local cloud looks at."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.base = f"http://127.0.0.1:{port}/123456789012/"

    def send(self, service: str, content_type: str, body: str, target: str = "") -> bytes:
        scope = f"Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        headers = {"Content-Type": content_type, "Authorization": f"AWS4-HMAC-SHA256 {scope}"}
        headers |= {"X-Amz-Target": target} if target else {}
        self.connection.request("POST", "/", body, headers)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 400:
            raise SystemExit(f"{target or body[:80]}: {response.status} {answer[:300]!r}")
        return answer

    def json(self, target: str, **parameters: Any) -> Any:
        service = "sqs" if target.startswith("AmazonSQS") else "dynamodb"
        answer = self.send(service, "application/x-amz-json-1.0", json.dumps(parameters), target)
        return json.loads(answer or b"{}")

    def form(self, **parameters: str) -> None:
        self.send("sns", "application/x-www-form-urlencoded; charset=utf-8", urlencode(parameters))


def prepare(client: Client) -> None:
    client.json(
        "DynamoDB_20120810.CreateTable",
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    client.form(Action="CreateTopic", Name="topic")
    for queue in ("one", "two", "three"):
        client.json("AmazonSQS.CreateQueue", QueueName=queue)
    for queue in ("one", "two"):
        endpoint = f"arn:aws:sqs:us-east-1:123456789012:{queue}"
        raw = {"Attributes.entry.1.key": "RawMessageDelivery", "Attributes.entry.1.value": "true"}
        subscription = {"Action": "Subscribe", "TopicArn": f"{ACCOUNT}:topic", "Protocol": "sqs"}
        client.form(**subscription, Endpoint=endpoint, **raw)


def measures(client: Client) -> dict[str, Callable[[], object]]:
    numbers = count()
    message = "m" * 600

    def item() -> dict[str, Any]:
        return {"id": {"S": f"order-{next(numbers)}"}, **ATTRIBUTES, **LINES}

    def receive_and_delete() -> None:
        url = client.base + "three"
        client.json("AmazonSQS.SendMessage", QueueUrl=url, MessageBody=message)
        received = client.json("AmazonSQS.ReceiveMessage", QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
        client.json("AmazonSQS.DeleteMessage", QueueUrl=url, ReceiptHandle=received[0]["ReceiptHandle"])

    batch = {
        f"PublishBatchRequestEntries.member.{n}.{field}": value
        for n in range(1, 11)
        for field, value in (("Id", str(n)), ("Message", message))
    }
    table, topic = {"TableName": "orders"}, {"TopicArn": f"{ACCOUNT}:topic"}
    return {
        "put": lambda: client.json("DynamoDB_20120810.PutItem", **table, Item=item()),
        "get": lambda: client.json("DynamoDB_20120810.GetItem", **table, Key={"id": {"S": "order-1"}}),
        "transaction of 3": lambda: client.json(
            "DynamoDB_20120810.TransactWriteItems",
            TransactItems=[{"Put": {**table, "Item": item()}} for _ in range(3)],
        ),
        "publish to 2 queues": lambda: client.form(Action="Publish", **topic, Message=message),
        "publish batch of 10": lambda: client.form(Action="PublishBatch", **topic, **batch),
        "send, receive, delete": receive_and_delete,
    }


def rate(action: Callable[[], object], clock: Callable[[], float]) -> float:
    for _ in range(3):
        action()
    end, begun, done = time.perf_counter() + SECONDS, clock(), 0
    while time.perf_counter() < end:
        action()
        done += 1
    return done / max(clock() - begun, 0.01)


def processor_seconds(pid: int) -> float:
    """What the process has used so far, of all its threads (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def running(name: str) -> Iterator[tuple[Client, Callable[[], float]]]:
    """A cloud of ours on a free port and its processor clock, or one that runs at an http URL and the wall clock."""
    if name.startswith("http"):
        yield Client(urlsplit(name).port or 80), time.perf_counter
        return
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, *SERVERS[name], str(port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield reached(port), lambda: processor_seconds(process.pid)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def reached(port: int) -> Client:
    for _ in range(300):
        client = Client(port)
        try:
            client.json("DynamoDB_20120810.ListTables")
            return client
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def main() -> None:
    results: dict[str, dict[str, float]] = {}
    for name in sys.argv[1:] or list(SERVERS):
        with running(name) as (client, clock):
            prepare(client)
            results[name] = {label: rate(action, clock) for label, action in measures(client).items()}
    first, *others = results
    print(f"{'per processor second':24}" + "".join(f"{name:>12}" for name in results))
    for label, figure in results[first].items():
        ratios = "".join(f"{results[name][label]:12.0f} ({figure / results[name][label]:.1f}x)" for name in others)
        print(f"{label:24}{figure:12.0f}{ratios}")


if __name__ == "__main__":
    main()
