"""What can be held by a machine of how things are written here."""

import pytest

from tests.architecture.sources import Source, sources
from tests.architecture.style import mocks, nameless_rules, oversized, without_purpose

# Each with the reason why it is not split.
OVERSIZED = {
    "functions/orders/chalicelib/orders/model.py": "all that can become of an order is read in one place",
    "chassis/aggregates.py::change": "one loop, and half of it says what it promises",
    "infra/cli.py::up": "one option of the command after the other",
    "infra/local/moto/general.py::environ": "one table of what PEP 3333 wants",
    "infra/local/moto/topics.py::get_post_data": "one document, field by field as SNS writes it",
    "infra/local/processes.py::__init__": "starts one process and tells all that was asked of it",
    "infra/local/sources/discarded.py::document": "one document, field by field as Lambda writes it",
    "infra/local/supervisor.py": "the whole life of the processes, which is one state",
}


def test_every_module_opens_with_one_sentence_on_what_it_is_for() -> None:
    assert without_purpose(sources("functions", "chassis", "infra", "tests", "benchmarks")) == []


@pytest.mark.parametrize("text", ["", "import os", '"""\nTells late."""', '"""No full stop"""', "'''runs over\ntwo'''"])
def test_a_module_that_does_not_say_what_it_is_for_is_seen(text: str) -> None:
    assert without_purpose([Source("a.py", text)]) == ["a.py"]


def test_the_name_of_every_test_states_a_rule() -> None:
    assert nameless_rules(sources("tests")) == []


def test_the_name_of_a_test_that_states_no_rule_is_seen() -> None:
    text = "def test_cancel_2(): ...\ndef test_a_cancelled_order_gives_back(): ...\nclass A:\n    def test_x(self): ..."
    assert nameless_rules([Source("t.py", text)]) == ["t.py::test_cancel_2", "t.py::test_x"]


def test_no_test_puts_something_false_in_a_parts_place_by_its_address() -> None:
    assert mocks(sources("tests", "benchmarks", "infra")) == []


@pytest.mark.parametrize(
    "text", ["from unittest import mock", "import unittest.mock", "from unittest.mock import patch"]
)
def test_a_mock_is_seen_however_it_is_imported(text: str) -> None:
    assert mocks([Source("t.py", text)]) == ["t.py"]


def test_what_is_larger_than_it_should_be_stands_on_the_list_with_its_reason() -> None:
    found = set(oversized(sources("functions", "chassis", "infra")))
    assert found - OVERSIZED.keys() == set(), "split it, or give the reason here"
    assert OVERSIZED.keys() - found == set(), "it is small again: take it from the list"


def test_a_long_file_and_a_long_function_are_seen() -> None:
    function = "def f():\n" + "    a = 1\n" * 30
    assert oversized([Source("a.py", function), Source("b.py", "a = 1\n" * 251)]) == ["b.py", "a.py::f"]
    assert oversized([Source("a.py", "def f():\n" + "    a = 1\n" * 29), Source("b.py", "a = 1\n" * 250)]) == []
