"""Makes a mapping of the Properties of a SAM event, once their references are resolved."""

from collections.abc import Callable
from collections.abc import Mapping as Dict
from typing import Any

from infra.local.sources.mapping import Mapping, QueueMapping, ScheduleMapping, StreamMapping

Properties = Dict[str, Any]
Fields = dict[str, Any]


def from_properties(handler: str, properties: Properties) -> Mapping | None:
    """None if the event is disabled. Raises ValueError for a property that is wrong, or not known here.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-function-eventsource.html
    """
    kinds = [key for key in _KINDS if key in properties]
    if len(kinds) != 1:
        raise ValueError(f"{handler}: an event has one of {', '.join(_KINDS)}; this one has {sorted(properties)}")
    make, known = _KINDS[kinds[0]]
    fields = _fields(handler, properties, known)
    enabled = fields.pop("enabled", True)
    return make(handler, **fields) if enabled else None


def _fields(handler: str, properties: Properties, known: Dict[str, Callable[[Any], Fields]]) -> Fields:
    fields: Fields = {}
    for name, value in properties.items():
        if name not in known:
            raise ValueError(f"{handler}: the property {name} is not run locally; known are {', '.join(known)}")
        try:
            fields |= known[name](value)
        except ValueError as error:
            raise ValueError(f"{handler}: {name}: {error}") from error
    return fields


def _as(field: str, convert: Callable[[Any], Any]) -> Callable[[Any], Fields]:
    return lambda value: {field: convert(value)}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text; is a reference unresolved?")
    return value


def _whole(value: Any) -> int:
    """CloudFormation takes the text of a number for a number."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError(f"{value!r} is not a whole number")
    try:
        return int(value)
    except ValueError:
        raise ValueError(f"{value!r} is not a whole number") from None


def _flag(value: Any) -> bool:
    if value not in (True, False, "true", "false"):
        raise ValueError(f"{value!r} is not true or false")
    return value in (True, "true")


def _response_types(value: Any) -> bool:
    if value not in ([], ["ReportBatchItemFailures"]):
        raise ValueError(f"{value!r} is not ['ReportBatchItemFailures']")
    return bool(value)


def _inner(value: Any, *path: str) -> Any:
    """What lies at the path; raises for any key beside it."""
    for key in path:
        if not isinstance(value, dict) or set(value) != {key}:
            raise ValueError(f"{value!r} must hold {key}, and nothing else")
        value = value[key]
    return value


def _concurrency(value: Any) -> int:
    number = _whole(_inner(value, "MaximumConcurrency"))
    if number < 2:
        raise ValueError(f"MaximumConcurrency must be 2 to 1000, not {number}")
    return number


def _patterns(value: Any) -> tuple[str, ...]:
    filters = _inner(value, "Filters")
    if not isinstance(filters, list):
        raise ValueError(f"Filters must be a list, not {filters!r}")
    return tuple(_text(_inner(each, "Pattern")) for each in filters)


def _one(value: Any) -> Fields:
    if _whole(value) != 1:
        raise ValueError(f"only 1 is run locally, not {value}")
    return {}


def _retries(value: Any) -> Fields:
    """How EventBridge tries again to reach its target; nothing stands between a clock and its handler here."""
    if not isinstance(value, dict) or set(value) - {"MaximumEventAgeInSeconds", "MaximumRetryAttempts"}:
        raise ValueError(f"{value!r} may hold MaximumEventAgeInSeconds and MaximumRetryAttempts, and nothing else")
    for number in value.values():
        _whole(number)
    return {}


def _state(value: Any) -> bool:
    if value not in ("ENABLED", "DISABLED"):
        raise ValueError(f"{value!r} is not ENABLED or DISABLED")
    return bool(value == "ENABLED")


_BOTH: dict[str, Callable[[Any], Fields]] = {
    "BatchSize": _as("batch_size", _whole),
    "MaximumBatchingWindowInSeconds": _as("window_seconds", _whole),
    "FunctionResponseTypes": _as("partial_responses", _response_types),
    "Enabled": _as("enabled", _flag),
}
_QUEUE = {"Queue": _as("queue_arn", _text), **_BOTH, "ScalingConfig": _as("concurrency", _concurrency)}
_STREAM = {
    "Stream": _as("stream_arn", _text),
    "StartingPosition": _as("starting_position", _text),
    **_BOTH,
    "BisectBatchOnFunctionError": _as("bisect", _flag),
    "MaximumRetryAttempts": _as("max_attempts", _whole),
    "MaximumRecordAgeInSeconds": _as("max_age_seconds", _whole),
    "ParallelizationFactor": _one,
    "DestinationConfig": _as("on_failure_arn", lambda value: _text(_inner(value, "OnFailure", "Destination"))),
    "FilterCriteria": _as("patterns", _patterns),
}
_SCHEDULE: dict[str, Callable[[Any], Fields]] = {
    "Schedule": _as("expression", _text),
    "Enabled": _as("enabled", _flag),
    "State": _as("enabled", _state),
    "Name": lambda value: {},
    "Description": lambda value: {},
    "RetryPolicy": _retries,
}
_KINDS: dict[str, tuple[Callable[..., Mapping], dict[str, Callable[[Any], Fields]]]] = {
    "Queue": (QueueMapping, _QUEUE),
    "Stream": (StreamMapping, _STREAM),
    "Schedule": (ScheduleMapping, _SCHEDULE),
}
