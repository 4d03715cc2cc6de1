"""Finds the event sources of a Chalice app, and completes them with what its deployment adds."""

import logging
from collections.abc import Mapping as Dict
from typing import Any

from chalice.app import (
    BaseEventSourceConfig,
    Chalice,
    DynamoDBEventConfig,
    ScheduledEventConfig,
    ScheduleExpression,
    SQSEventConfig,
)

from infra.local.clients import ACCOUNT_ID, REGION
from infra.local.sources.mapping import Mapping
from infra.local.sources.properties import from_properties

_log = logging.getLogger(__name__)
_QUEUE_ARN = f"arn:aws:sqs:{REGION}:{ACCOUNT_ID}:"


def of_app(app: Chalice, events: Dict[str, Dict[str, Any]]) -> list[Mapping]:
    """The mappings of the app's handlers; a disabled one is left out.

    `events` maps a handler's name to SAM event Properties, which go before what the decorator says, as
    `chalice package --merge-template` has it. Raises ValueError for a handler whose source can not be run
    here, unless its Properties say `Enabled: false`, and for Properties of a handler that the app lacks.
    """
    sources = {source.name: source for source in app.event_sources}
    if strangers := sorted(set(events) - set(sources)):
        raise ValueError(f"{app.app_name}: no event handler is called {', '.join(strangers)}")
    found = [_mapping(source, events.get(name, {})) for name, source in sources.items()]
    return [mapping for mapping in found if mapping]


def _mapping(source: BaseEventSourceConfig, added: Dict[str, Any]) -> Mapping | None:
    own = _properties(source)
    if own is not None:
        return from_properties(source.name, _merged(own, added))
    kind = type(source).__name__.removesuffix("Config")
    if added.get("Enabled") not in (False, "false"):
        raise ValueError(f"{source.name}: {kind} sources are not run locally; disable it with Enabled: false")
    _log.warning("%s: disabled (%s sources are not run locally)", source.name, kind)
    return None


def _properties(source: BaseEventSourceConfig) -> dict[str, Any] | None:
    """What `chalice package` writes for the source; None for a kind that is not run here."""
    if isinstance(source, SQSEventConfig):
        limit = {"ScalingConfig": {"MaximumConcurrency": source.maximum_concurrency}}
        return {
            "Queue": source.queue_arn or f"{_QUEUE_ARN}{source.queue}",
            **_batching(source),
            **(limit if source.maximum_concurrency else {}),
        }
    if isinstance(source, DynamoDBEventConfig):
        position = {"StartingPosition": source.starting_position}
        return {"Stream": source.stream_arn, **position, **_batching(source)}
    if isinstance(source, ScheduledEventConfig):
        expression = source.schedule_expression
        return {"Schedule": expression.to_string() if isinstance(expression, ScheduleExpression) else expression}
    return None


def _batching(source: SQSEventConfig | DynamoDBEventConfig) -> dict[str, Any]:
    window = {"MaximumBatchingWindowInSeconds": source.maximum_batching_window_in_seconds}
    return {"BatchSize": source.batch_size, **window}


def _merged(below: Dict[str, Any], above: Dict[str, Any]) -> dict[str, Any]:
    """Objects are merged key by key; anything else, lists too, is replaced."""
    both = {k: _merged(below[k], v) for k, v in above.items() if isinstance(v, dict) and isinstance(below.get(k), dict)}
    return {**below, **above, **both}
