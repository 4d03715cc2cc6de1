"""Clients that reach the local cloud and nothing else, whatever the developer's own settings say."""

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.local.clients import Clients

OWN_SETTINGS = {
    "AWS_PROFILE": "nobody",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "AKIAREAL",
    "AWS_SECRET_ACCESS_KEY": "real",
    "AWS_SESSION_TOKEN": "real",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
    "HTTP_PROXY": "http://127.0.0.1:1",
    "HTTPS_PROXY": "http://127.0.0.1:1",
}


def test_the_developers_own_aws_settings_count_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        Clients().sns.list_topics()  # moto, too, looks at these settings, when it is first asked
        for name, value in OWN_SETTINGS.items():
            monkeypatch.setenv(name, value)
        clients = Clients()
        arn = clients.sns.create_topic(Name="t")["TopicArn"]
        assert arn == "arn:aws:sns:us-east-1:123456789012:t"
        assert clients.sqs.meta.endpoint_url == "https://sqs.us-east-1.amazonaws.com"


def test_every_client_goes_to_the_endpoint() -> None:
    clients = Clients("http://127.0.0.1:4566")
    made = [clients.dynamodb, clients.streams, clients.sns, clients.sqs, clients.cognito]
    assert {client.meta.endpoint_url for client in made} == {"http://127.0.0.1:4566"}


def test_a_failed_call_is_not_tried_again_behind_the_callers_back() -> None:
    calls = []

    class Failing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.headers["X-Amz-Target"])
            self.send_error(500)

        def log_message(self, *args: object) -> None:
            """The failures are wanted: nobody needs to read of them."""

    with HTTPServer(("127.0.0.1", 0), Failing) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ClientError):
            Clients(f"http://127.0.0.1:{server.server_port}").dynamodb.list_tables()
        server.shutdown()
    assert calls == ["DynamoDB_20120810.ListTables"]


def test_threads_share_one_client() -> None:
    clients = Clients("http://127.0.0.1:4566")
    together = threading.Barrier(8)

    def client(_: int) -> object:
        together.wait(timeout=60)
        return clients.sqs

    with ThreadPoolExecutor(8) as pool:
        assert len({id(each) for each in pool.map(client, range(8))}) == 1
