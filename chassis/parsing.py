"""From what came over the wire to checked values: what is wrong is named by a pointer to where it stands."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import Struct

from chassis.refusals import Flaw, Invalid, Malformed, Place, TooLarge, Unsupported

T = TypeVar("T")
BODY = 64 * 1024  # bytes
_JSON = re.compile(r"application/json\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_MERGE = re.compile(r"application/merge-patch\+json\s*", re.IGNORECASE)  # RFC 7396
KEY = re.compile(r'"[\x21\x23-\x5b\x5d-\x7e]{1,255}"|[\x21\x23-\x5b\x5d-\x7e]{1,255}')  # of an Idempotency-Key
# how msgspec ends what it says: the path to the value, or to the map of which a key is wrong
_AT = re.compile(r" - at `(?:key` in `)?\$([\w.\[\]]*)`\Z")
# read from its beginning: what a caller sent stands in other messages too, and would be searched again and again
_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(.*)`", re.DOTALL)
_FRAGMENT = "~!$&'()*+,;=:@?"  # what stands in a URI fragment as it is (RFC 3986, 3.5)
LONGEST = 200  # signs that are said of one field: a caller knows what it sent


class NotJson(Malformed):
    """The body can not be read as JSON (RFC 8259)."""


class NotText(Malformed):
    """What was percent-encoded is no UTF-8."""


class FieldNotAccepted(Invalid):
    """A field is missing, unknown, or holds what it may not hold."""


class BodyTooLong(TooLarge):
    """The body is over the limit."""


class FormatNotRead(Unsupported):
    """The body is in a format that we do not read."""


class Nothing(Struct, forbid_unknown_fields=True):
    """The body of a request that takes none: empty, or an empty object."""


def body(raw: bytes, content_type: str | None, takes: type[T]) -> T:
    """The checked body; raises BodyTooLong, FormatNotRead, NotJson or FieldNotAccepted."""
    if len(raw) > BODY:
        raise BodyTooLong(f"A body has at most {BODY} bytes; this one has {len(raw)}.")
    if not raw and takes is Nothing:
        return takes()
    if not (_JSON.fullmatch(content_type or "") or _MERGE.fullmatch(content_type or "")):
        told = ascii(content_type)[:LONGEST] if content_type else "without a Content-Type"
        detail = f"The body is to be application/json in UTF-8, not {told}."
        raise FormatNotRead(detail, Flaw("Content-Type", "write application/json", "header"))
    try:
        return msgspec.json.decode(raw, type=takes)
    except msgspec.ValidationError as error:
        raise _not_accepted(str(error), "pointer") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise NotJson(f"The body is not JSON: {error}.", Flaw("#", str(error))) from None


def query(given: Mapping[str, list[str]], takes: type[T]) -> T:
    """The checked query parameters, each given at most once; raises NotText or FieldNotAccepted."""
    for name, values in given.items():
        if not all(map(_is_text, (name, *values))):
            raise NotText(f"A query parameter is not UTF-8: {ascii(name)[:LONGEST]}.")
        if len(values) > 1:
            raise FieldNotAccepted(
                f"{name[:LONGEST]} is given twice.", Flaw(name[:LONGEST], "is given more than once", "parameter")
            )
    try:
        return msgspec.convert({name: values[0] for name, values in given.items()}, takes, strict=False)
    except msgspec.ValidationError as error:
        raise _not_accepted(str(error), "parameter") from None


def idempotency_key(header: str | None) -> str | None:
    """The key, with or without the quotes that the IETF draft wants; raises Malformed for none of 1 to 255 signs."""
    if header is None:
        return None
    key = header.strip()
    if not KEY.fullmatch(key):
        detail = 'An Idempotency-Key has 1 to 255 visible ASCII signs, and neither " nor \\ among them.'
        raise Malformed(detail, Flaw("Idempotency-Key", detail, "header"))
    return key.strip('"')


def fingerprint(value: Any) -> str:
    """Equal for equal requests, however they were written."""
    return hashlib.sha256(msgspec.json.encode(value, order="sorted")).hexdigest()[:32]


def _not_accepted(message: str, place: Place) -> FieldNotAccepted:
    """msgspec says `Expected `int` >= 1 - at `$.lines[0].quantity``; RFC 9457 wants #/lines/0/quantity."""
    at, said = _AT.search(message), _AT.sub("", message)
    field = _FIELD.fullmatch(said)
    path = re.sub(r"\[(\d+)\]", r".\1", at.group(1) if at else "").replace("[...]", "")
    steps = [step for step in path.split(".") if step] + ([field.group(1)[:LONGEST]] if field else [])
    detail = said[:LONGEST].replace("`", "")
    where = "#" + "".join(f"/{_escaped(step)}" for step in steps) if place == "pointer" else ".".join(steps)
    return FieldNotAccepted(f"{'.'.join(steps) or 'The request'}: {detail}.", Flaw(where, detail, place))


def _is_text(text: str) -> bool:
    """Whether it can be told again, in JSON or to DynamoDB: half a surrogate pair can not."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _escaped(step: str) -> str:
    return quote(step.replace("~", "~0").replace("/", "~1"), safe=_FRAGMENT)
