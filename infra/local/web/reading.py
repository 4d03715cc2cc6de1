"""Reads one HTTP/1.1 request, strictly: what is ambiguous is refused, never guessed (RFC 9112)."""

import re
from collections.abc import Callable
from typing import BinaryIO

from infra.local.web.messages import Headers, Request
from infra.local.web.problems import Refused

# API Gateway's quota for a payload: docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
LARGEST_BODY = 10 * 1024 * 1024
_LONGEST_LINE = 16 * 1024
_LARGEST_HEAD = 64 * 1024
_MOST_HEADERS = 128

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_TARGET = re.compile(r"/[!-~]*|\*")
_ABSOLUTE = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(;[^\r\n]*)?\r?\n")


def read_request(stream: BinaryIO, client: str, proceed: Callable[[], None]) -> Request | None:
    """The next request, or None where the peer has closed; raises Refused for one that can not be read.

    `proceed` tells a client that waits with `Expect: 100-continue` to send its body.
    """
    line = _line(stream, 414)
    if line in (b"\r\n", b"\n"):
        line = _line(stream, 414)
    if not line:
        return None
    method, target, version = _request_line(line)
    request = Request(method, target, _headers(stream), b"", client, version)
    hosts = [value for name, value in request.headers if name.lower() == "host"]
    if len(hosts) > 1 or (version == "HTTP/1.1" and not hosts):
        raise Refused(400, "the request has no Host header, or more than one")
    body = _body(stream, request, proceed)
    return Request(method, target, request.headers, body, client, version)


def _line(stream: BinaryIO, too_long: int) -> bytes:
    line = stream.readline(_LONGEST_LINE + 1)
    if len(line) > _LONGEST_LINE:
        raise Refused(too_long, f"a line of the request's head is longer than {_LONGEST_LINE} bytes")
    if line and not line.endswith(b"\n"):
        raise Refused(400, "the request ends in the middle of its head")
    return line


def _request_line(line: bytes) -> tuple[str, str, str]:
    parts = line.decode("latin-1").rstrip("\r\n").split(" ")
    if len(parts) != 3 or not _TOKEN.fullmatch(parts[0]):
        raise Refused(400, "the request line is not: method, target, version")
    method, target, version = parts
    if not re.fullmatch(r"HTTP/\d\.\d", version):
        raise Refused(400, "the request line has no HTTP version")
    if version not in ("HTTP/1.0", "HTTP/1.1"):
        raise Refused(400, f"{version} is not spoken here")
    target = _ABSOLUTE.sub("", target, count=1) or "/"
    if not _TARGET.fullmatch(target):
        raise Refused(400, "the target is not a path in percent-encoded ASCII")
    return method, target.partition("#")[0], version


def _headers(stream: BinaryIO) -> Headers:
    headers: list[tuple[str, str]] = []
    size = 0
    while (line := _line(stream, 431)) not in (b"\r\n", b"\n"):
        size += len(line)
        if size > _LARGEST_HEAD or len(headers) == _MOST_HEADERS:
            raise Refused(431, f"the head is over {_LARGEST_HEAD} bytes or {_MOST_HEADERS} headers")
        name, colon, value = line.decode("latin-1").rstrip("\r\n").partition(":")
        if not colon or not _TOKEN.fullmatch(name) or not _VALUE.fullmatch(value):
            raise Refused(400, "a header line is malformed")
        headers.append((name, value.strip(" \t")))
    return tuple(headers)


def _body(stream: BinaryIO, request: Request, proceed: Callable[[], None]) -> bytes:
    length = _length(request)
    if length == 0:
        return b""
    expected = request.header("expect")
    if expected is not None and expected.lower() != "100-continue":
        raise Refused(417, "only 100-continue can be expected")
    if expected is not None:
        proceed()
    return _chunked(stream) if length is None else _exactly(stream, length)


def _length(request: Request) -> int | None:
    """The body's length in bytes, None where it comes in chunks."""
    lengths = {value for key, value in request.headers if key.lower() == "content-length"}
    codings = [value.lower() for key, value in request.headers if key.lower() == "transfer-encoding"]
    if codings and (lengths or request.version == "HTTP/1.0"):
        raise Refused(400, "a Transfer-Encoding stands alone, and not in HTTP/1.0")
    if codings and codings != ["chunked"]:
        raise Refused(400, "the only transfer coding known here is chunked")
    if codings:
        return None
    if len(lengths) > 1 or not all(re.fullmatch(r"[0-9]{1,19}", value) for value in lengths):
        raise Refused(400, "the Content-Length is not one whole number")
    length = int(lengths.pop()) if lengths else 0
    _check_size(length)
    return length


def _chunked(stream: BinaryIO) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while True:
        head = _CHUNK.fullmatch(_line(stream, 400))
        if head is None:
            raise Refused(400, "a chunk has no size")
        length = int(head[1], 16)
        if length == 0:
            break
        size += length
        _check_size(size)
        chunks.append(_exactly(stream, length))
        if stream.readline(3) not in (b"\r\n", b"\n"):
            raise Refused(400, "a chunk is not of its size")
    _headers(stream)  # trailers: API Gateway passes none on
    return b"".join(chunks)


def _exactly(stream: BinaryIO, length: int) -> bytes:
    body = stream.read(length)
    if len(body) < length:
        raise Refused(400, "the body is shorter than was announced")
    return body


def _check_size(size: int) -> None:
    if size > LARGEST_BODY:
        raise Refused(413, f"the body is larger than {LARGEST_BODY} bytes")
