"""What a handler's answer says of its batch."""

from typing import Any

import pytest

from infra.local.sources.answers import MalformedAnswer, failures


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}, {"batchItemFailures": None}])
def test_an_answer_that_names_no_failure_means_that_all_went_well(answer: Any) -> None:
    assert failures(answer, ["a", "b"]) == set()


def test_an_answer_names_the_items_that_failed() -> None:
    answer = {"batchItemFailures": [{"itemIdentifier": name} for name in ("b", "b", "c")]}
    assert failures(answer, ["a", "b", "c"]) == {"b", "c"}


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ("ok", "not an object"),
        ([], "not an object"),
        ({"batchItemFailures": "a"}, "not a list"),
        ({"batchItemFailures": ["a"]}, "no itemIdentifier"),
        ({"batchItemFailures": [{"identifier": "a"}]}, "no itemIdentifier"),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, "no itemIdentifier"),
        ({"batchItemFailures": [{"itemIdentifier": None}]}, "no itemIdentifier"),
        ({"batchItemFailures": [{"itemIdentifier": "x"}]}, "names 'x', which is not in the batch"),
    ],
)
def test_a_malformed_answer_says_what_is_wrong_with_it(answer: Any, cause: str) -> None:
    with pytest.raises(MalformedAnswer, match=cause):
        failures(answer, ["a"])
