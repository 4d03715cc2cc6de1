"""Who tells whom what: every topic, its events, and who sends and receives them, as an AsyncAPI 3.0 document."""

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from infra.contracts.capabilities import Capability

_SCHEMA_FORMAT = "application/schema+json;version=draft-2020-12"


def asyncapi(capabilities: Mapping[str, Capability]) -> dict[str, Any]:
    """The document; its messages refer to the event schemas that lie beside it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Emporium: events",
            "version": "1.0.0",
            "description": "CloudEvents 1.0 in structured JSON, over one SNS topic for each capability that publishes.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {each.name: _channel(each) for each in capabilities.values()},
        "operations": {
            **{f"{each.name}.publishes": _sends(each) for each in capabilities.values()},
            **{
                f"{each.name}.hears.{teller.name}": _receives(each, teller)
                for each in capabilities.values()
                for teller in capabilities.values()
                if _heard(each, teller)
            },
        },
        "components": {
            "messages": {
                _key(type): _message(type, fact) for each in capabilities.values() for type, fact in each.facts.items()
            }
        },
    }


def _channel(capability: Capability) -> dict[str, Any]:
    return {
        "address": f"emporium-{{stage}}-{capability.name}",
        "title": f"The topic of {capability.name}",
        "description": capability.purpose,
        "parameters": {"stage": {"description": "Which copy of the shop: local, dev, prod."}},
        "messages": {_key(type): {"$ref": f"#/components/messages/{_key(type)}"} for type in capability.facts},
        "bindings": {"sns": {"name": f"emporium-{{stage}}-{capability.name}"}},
    }


def _sends(capability: Capability) -> dict[str, Any]:
    return _operation("send", capability.name, f"{capability.name} publishes its facts.", capability.facts)


def _receives(hearer: Capability, teller: Capability) -> dict[str, Any]:
    heard = _heard(hearer, teller)
    return {
        **_operation("receive", teller.name, f"{hearer.name} listens to {teller.name}.", heard),
        "x-queue": f"emporium-{{stage}}-{hearer.name}-inbox",
        "x-reactions": {_key(type): hearer.reactions[type].__name__ for type in heard},
    }


def _heard(hearer: Capability, teller: Capability) -> list[str]:
    return [type for type in hearer.reactions if type in teller.facts]


def _operation(action: str, channel: str, summary: str, types: Iterable[str]) -> dict[str, Any]:
    messages = [{"$ref": f"#/channels/{channel}/messages/{_key(type)}"} for type in sorted(types)]
    return {"action": action, "summary": summary, "channel": {"$ref": f"#/channels/{channel}"}, "messages": messages}


def _message(type: str, fact: type) -> dict[str, Any]:
    """`headers` are what SNS carries beside the message: a subscription filters by them."""
    headers = {"type": "object", "properties": {"type": {"const": type}}, "required": ["type"]}
    return {
        "name": type,
        "title": fact.__name__,
        "summary": inspect.getdoc(fact) or "",
        "contentType": "application/json",
        "headers": headers,
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"events/{_key(type)}.json"}},
    }


def _key(type: str) -> str:
    return type.removeprefix("emporium.")
