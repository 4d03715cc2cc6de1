"""Which records a mapping lets through."""

import json
from typing import Any

import pytest

from infra.local.sources.filters import matches, parse

RECORD = {
    "eventName": "MODIFY",
    "dynamodb": {
        "SizeBytes": 120,
        "NewImage": {"status": {"S": "placed"}, "note": {"NULL": True}, "tags": {"SS": ["red", "round"]}},
        "OldImage": {"status": {"S": "draft"}},
    },
}


def new(attribute: str, choices: list[Any]) -> dict[str, Any]:
    return {"dynamodb": {"NewImage": {attribute: {"S": choices}}}}


@pytest.mark.parametrize(
    ("pattern", "passes"),
    [
        ({"eventName": ["INSERT", "MODIFY"]}, True),
        ({"eventName": ["INSERT"]}, False),
        (new("status", ["placed"]), True),
        ({"eventName": ["MODIFY"], **new("status", ["draft"])}, False),
        (new("status", [{"prefix": "pla"}]), True),
        (new("status", [{"suffix": "ced"}]), True),
        (new("status", [{"prefix": "dra"}]), False),
        (new("status", [{"equals-ignore-case": "PLACED"}]), True),
        (new("status", [{"anything-but": ["draft", "gone"]}]), True),
        (new("status", [{"anything-but": "placed"}]), False),
        (new("status", [{"anything-but": {"prefix": "pl"}}]), False),
        (new("missing", [{"anything-but": "placed"}]), False),
        (new("status", [{"exists": True}]), True),
        (new("missing", [{"exists": False}]), True),
        (new("status", [{"exists": False}]), False),
        ({"dynamodb": {"Missing": {"deeper": [{"exists": False}]}}}, True),
        ({"dynamodb": {"SizeBytes": [{"numeric": [">", 100, "<=", 120]}]}}, True),
        ({"dynamodb": {"SizeBytes": [{"numeric": ["=", 121]}]}}, False),
        ({"dynamodb": {"SizeBytes": ["120"]}}, False),
        ({"dynamodb": {"NewImage": {"note": {"NULL": [True]}}}}, True),
        ({"dynamodb": {"NewImage": {"note": {"NULL": [1]}}}}, False),
        ({"dynamodb": {"NewImage": {"tags": {"SS": ["round"]}}}}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, new("status", ["placed"])]}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, new("status", ["gone"])]}, False),
    ],
)
def test_a_record_passes_if_it_holds_all_that_the_pattern_names(pattern: dict[str, Any], passes: bool) -> None:
    assert matches([parse(json.dumps(pattern))], RECORD) is passes


def test_a_record_passes_if_any_pattern_lets_it_or_there_is_none() -> None:
    patterns = [parse('{"eventName": ["REMOVE"]}'), parse('{"eventName": ["MODIFY"]}')]
    assert matches(patterns, RECORD)
    assert not matches(patterns[:1], RECORD)
    assert matches([], RECORD)


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("{", "not JSON"),
        ("[]", "must be an object"),
        ("{}", "at least one key"),
        ('{"a": "b"}', "'a' must hold an object or a list"),
        ('{"a": []}', "'a' must hold an object or a list"),
        ('{"a": [{"wildcard": "x*"}]}', "wildcard.* is not a value or one of the operators"),
        ('{"a": [{"cidr": "10.0.0.0/24"}]}', "cidr"),
        ('{"a": [{"prefix": 1}]}', "prefix wants a text"),
        ('{"a": [{"exists": "yes"}]}', "exists wants true or false"),
        ('{"a": [{"numeric": [">"]}]}', "numeric wants comparisons"),
        ('{"a": [{"numeric": ["~", 1]}]}', "numeric wants comparisons"),
        ('{"a": [{"anything-but": {"wildcard": "x"}}]}', "anything-but wants"),
        ('{"a": [{"prefix": "x", "suffix": "y"}]}', "is not a value or one of the operators"),
        ('{"$or": {"a": ["b"]}}', r"'\$or' must hold a list"),
    ],
)
def test_a_pattern_that_is_not_known_is_refused_by_name(text: str, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        parse(text)
