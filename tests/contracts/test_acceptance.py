"""What is sent is held against what is taken: everything that the one allows has to be good by the other."""

from typing import Any

import pytest

from infra.contracts.acceptance import not_taken

Schema = dict[str, Any]
TEXT, NUMBER, NULL = {"type": "string"}, {"type": "integer"}, {"type": "null"}


def an_object(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def a_list(of: Schema, **limits: int) -> Schema:
    return {"type": "array", "items": of, **limits}


@pytest.mark.parametrize(
    ("sent", "taken", "reason"),
    [
        (TEXT, NUMBER, "it is of type string and is taken as integer"),
        ({}, NUMBER, "it is of type any and is taken as integer"),
        (an_object(), an_object("a"), "a is needed and is missing"),
        (an_object(a=TEXT), an_object("a", a=TEXT), "a is needed and may be missing"),
        (an_object("a", a=TEXT), an_object("a", a=NUMBER), "a is of type string and is taken as integer"),
        (an_object(a=TEXT), an_object() | {"additionalProperties": False}, "a is refused"),
        (an_object(a=a_list(TEXT)), an_object(a=a_list(NUMBER)), "a[] is of type string and is taken as integer"),
        ({"enum": ["a", "b"]}, {"enum": ["a"]}, "it has the value 'b', which is not known"),
        ({"const": "a"}, {"const": "b"}, "it has the value 'a', which is not known"),
        (TEXT, {"enum": ["a"]}, "it has any value and is taken as one of 'a'"),
        (TEXT, TEXT | {"format": "date-time"}, "it has the format None and is taken with 'date-time'"),
        ({"anyOf": [TEXT, NULL]}, TEXT, "it is of type null and is taken as string"),
        (
            an_object(a={"anyOf": [TEXT, NULL]}),
            an_object(a={"anyOf": [NUMBER, NULL]}),
            "a is of type string and is taken as integer",
        ),
        (
            {"type": "object", "additionalProperties": TEXT},
            {"type": "object", "additionalProperties": NUMBER},
            "{} is of type string and is taken as integer",
        ),
        (NUMBER | {"maximum": 9}, NUMBER | {"maximum": 8}, "it has the maximum 9 and is taken with 8"),
        (NUMBER, NUMBER | {"minimum": 1}, "it has the minimum none and is taken with 1"),
        (a_list(TEXT, minItems=0), a_list(TEXT, minItems=1), "it has the minItems 0 and is taken with 1"),
        (TEXT | {"pattern": "a"}, TEXT | {"pattern": "b"}, "it has the pattern 'a' and is taken with 'b'"),
    ],
)
def test_what_would_not_be_taken_is_named_with_its_place(sent: Schema, taken: Schema, reason: str) -> None:
    assert not_taken(sent, taken) == [reason]


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        (TEXT, {}),
        (NUMBER, {"type": "number"}),
        (TEXT, {"anyOf": [TEXT, NULL]}),
        ({"anyOf": [NULL, TEXT]}, {"anyOf": [TEXT, NULL]}),
        ({"enum": ["a"]}, {"enum": ["a", "b"]}),
        ({"const": "a"}, TEXT),
        (TEXT | {"format": "date-time"}, TEXT),
        (NUMBER | {"maximum": 8}, NUMBER | {"maximum": 9}),
        (NUMBER | {"maximum": 8}, NUMBER),
        (an_object("a", a=TEXT, b=TEXT), an_object("a", a=TEXT)),
        (an_object("a", a=TEXT), an_object(a=TEXT)),
        (
            {"$ref": "#/$defs/A", "$defs": {"A": an_object(a=TEXT)}},
            {"$ref": "#/$defs/B", "$defs": {"B": an_object(a=TEXT)}},
        ),
    ],
)
def test_whoever_takes_more_than_is_sent_takes_it_all(sent: Schema, taken: Schema) -> None:
    assert not_taken(sent, taken) == []


def test_limits_can_be_left_to_whoever_reads() -> None:
    sent, taken = a_list(TEXT), a_list(TEXT | {"pattern": "a", "maxLength": 3}, minItems=1)
    assert not_taken(sent, taken, limits=False) == []
    assert len(not_taken(sent, taken)) == 3
