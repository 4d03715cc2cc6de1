"""Sends on to DynamoDB Local what the cloud is asked of DynamoDB and its streams, and gives back what it answers."""

import http.client
import threading
import time

from infra.local.moto.call import Answer, Call

_TARGETS = ("DynamoDB_", "DynamoDBStreams_")
_CREDENTIAL = "AWS4-HMAC-SHA256 Credential={}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
_KEPT = frozenset({"content-type", "x-amzn-requestid", "x-amz-crc32"})
_IDLE_SECONDS = 5.0  # it closes what was idle for longer, and a write that meets the end would have to be guessed at
_ANSWER_SECONDS = 30.0
_AWAY = Answer(
    500, [("Content-Type", "application/x-amz-json-1.0")], b'{"__type": "InternalServerError", "message": "away"}'
)


class Connection:
    """One to DynamoDB Local, and when it was last of use."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._http: http.client.HTTPConnection | None = None
        self._used = 0.0

    def send(self, call: Call, authorization: str) -> Answer:
        headers = {
            "Content-Type": call.headers.get("content-type"),
            "X-Amz-Target": call.headers.get("x-amz-target"),
            "Authorization": authorization,
        }
        connection = self._open()
        try:
            connection.request("POST", "/", call.body, headers)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return _AWAY  # whoever asked does not know whether it was done, as with AWS
        self._used = time.monotonic()
        kept = [(name, value) for name, value in response.getheaders() if name.lower() in _KEPT]
        return Answer(response.status, kept, body)

    def _open(self) -> http.client.HTTPConnection:
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self.close()
        if self._http is None:
            self._http = http.client.HTTPConnection("127.0.0.1", self._port, timeout=_ANSWER_SECONDS)
        return self._http

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
        self._http = None


class Forwarder(threading.local):
    """A connection for each thread, as the server has a thread for each of its own."""

    def __init__(self, port: int, key: str) -> None:
        self._authorization = _CREDENTIAL.format(key)
        self._connection = Connection(port)

    def answer(self, call: Call) -> Answer | None:
        """None for what is not DynamoDB's."""
        if not call.headers.get("x-amz-target").startswith(_TARGETS):
            return None
        return self._connection.send(call, self._authorization)

    def close(self) -> None:
        """This thread's connection."""
        self._connection.close()
