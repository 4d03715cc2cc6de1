"""The forms that SNS is asked with, read in one pass, and the XML that it answers a publisher with.

moto's parser walks all fields of the form again for each member of each structure that there might be.
"""

import html
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from infra.local.moto.shapes import SCALARS_IN

Tree = dict[str, Any]


def fields(body: str) -> Tree:
    """`A.entry.1.Name=x` -> {"A": {"entry": {"1": {"Name": "x"}}}}."""
    tree: Tree = {}
    for name, value in parse_qsl(body, keep_blank_values=True):
        *path, last = name.split(".")
        branch = tree
        for step in path:
            deeper = branch.setdefault(step, {})
            branch = deeper if isinstance(deeper, dict) else {}
        branch[last] = value
    return tree


def read(shape: Any, node: Any) -> Any:
    """The tree as the input shape says: lists and maps out of numbered branches. An empty text is an empty list."""
    convert: Callable[[Any, Any], Any] = READERS.get(shape.type_name, scalar)
    return convert(shape, node)


def structure(shape: Any, node: Tree) -> Tree:
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    return {
        names[key]: read(shape.members[names[key]], value)
        for key, value in node.items()
        if key in names and value != {}
    }


def numbered(node: Any) -> list[Any]:
    return [node[number] for number in sorted(node, key=int)] if isinstance(node, dict) else []


def listed(shape: Any, node: Any) -> list[Any]:
    inner = node.get(shape.member.serialization.get("name", "member"), {}) if isinstance(node, dict) else {}
    return [read(shape.member, member) for member in numbered(inner)]


def mapped(shape: Any, node: Any) -> Tree:
    key_name = shape.key.serialization.get("name", "key")
    value_name = shape.value.serialization.get("name", "value")
    inner = node.get("entry", {}) if isinstance(node, dict) else {}
    return {entry[key_name]: read(shape.value, entry[value_name]) for entry in numbered(inner)}


def boolean(_: Any, node: Any) -> bool:
    return str(node).lower() == "true"


def scalar(shape: Any, node: Any) -> Any:
    return SCALARS_IN.get(shape.type_name, str)(node)


READERS: dict[str, Callable[[Any, Any], Any]] = {
    "structure": structure,
    "list": listed,
    "map": mapped,
    "boolean": boolean,
}


def publish_xml(result: Any) -> str:
    return in_envelope("Publish", f"<MessageId>{result['MessageId']}</MessageId>")


def publish_batch_xml(result: Any) -> str:
    entries = [
        f"<{kind}>" + "".join(f"<member>{xml_members(entry)}</member>" for entry in result[kind]) + f"</{kind}>"
        for kind in ("Successful", "Failed")
    ]
    return in_envelope("PublishBatch", "".join(entries))


def xml_members(entry: dict[str, Any]) -> str:
    texts = {name: str(value).lower() if isinstance(value, bool) else value for name, value in entry.items()}
    return "".join(f"<{name}>{html.escape(str(text))}</{name}>" for name, text in texts.items())


def in_envelope(action: str, inner: str) -> str:
    return (
        f'<{action}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{action}Result>{inner}</{action}Result>'
        f"<ResponseMetadata><RequestId>request-id</RequestId></ResponseMetadata></{action}Response>"
    )


XML: dict[str, Callable[[Any], str]] = {"Publish": publish_xml, "PublishBatch": publish_batch_xml}
