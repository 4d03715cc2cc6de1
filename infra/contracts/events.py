"""The schema of each event as it travels: the whole CloudEvent, with the fact that it carries."""

import inspect
from typing import Any

from chassis.messages import Message
from infra.contracts.capabilities import Capability
from infra.contracts.schemas import Schema, components

# What CloudEvents 1.0 demands, and what every event of ours has beyond it; hearers may count on these.
_REQUIRED = (
    *("specversion", "id", "source", "type"),
    *("subject", "time", "datacontenttype", "dataschema", "sequence", "actor", "data"),
)


def event_schemas(capability: Capability) -> dict[str, Schema]:
    """The schema of every event that the capability publishes, by event type."""
    return {type: _event_schema(capability.name, type, fact) for type, fact in capability.facts.items()}


def schema_id(capability: str, type: str) -> str:
    """What the event's `dataschema` says: the name of the schema, which is no address."""
    _, _, fact, version = type.split(".")
    return f"urn:emporium:schema:{capability}:{fact}:{version}"


def _event_schema(capability: str, type: str, fact: type) -> Schema:
    message: Any = Message
    [root], defs = components([message[fact]], "#/$defs/{name}")
    envelope = defs.pop(root["$ref"].rpartition("/")[2])
    properties = {name: _bare(each) for name, each in envelope["properties"].items()}
    for name, rule in _rules(capability, type).items():
        properties[name] = properties[name] | rule
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_id(capability, type),
        "title": fact.__name__,
        "description": inspect.getdoc(fact) or "",
        "type": "object",
        "properties": properties,
        "required": list(_REQUIRED),
        "$defs": defs,
    }


def _rules(capability: str, type: str) -> dict[str, Schema]:
    """What holds for the envelope beyond its types: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md."""
    return {
        "specversion": {"const": "1.0"},
        "id": {"minLength": 1, "description": "The same for the same fact, however often it is told."},
        "source": {"const": f"/emporium/{capability}", "format": "uri-reference"},
        "type": {"const": type},
        "subject": {"minLength": 1, "description": "What the fact is about: the id of one aggregate."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"const": schema_id(capability, type), "format": "uri"},
        "sequence": {"pattern": "^[0-9]{10,}$", "description": "The version of the aggregate; it sorts as text."},
        "actor": {
            "pattern": "^((customer|staff|service):.+|system)$",
            "description": "On whose behalf it came about; the id tells nothing of the person.",
        },
        "traceparent": {"pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"},
    }


def _bare(schema: Schema) -> Schema:
    return {name: value for name, value in schema.items() if name != "default"}
