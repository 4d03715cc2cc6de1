"""The same request met again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.idempotency import is_replay, mark
from chassis.refusals import KeyUsedForAnotherRequest

keys = st.text(min_size=1)


@given(keys, keys)
def test_the_same_request_is_a_replay(key: str, fingerprint: str) -> None:
    assert is_replay(mark(key, "ada", fingerprint), mark(key, "ada", fingerprint))


@given(keys)
def test_the_same_key_with_another_request_is_refused(key: str) -> None:
    with pytest.raises(KeyUsedForAnotherRequest):
        is_replay(mark(key, "ada", "one"), mark(key, "ada", "other"))


@given(keys, keys)
def test_another_key_is_another_request(one: str, other: str) -> None:
    if one != other:
        assert not is_replay(mark(one, "ada", "same"), mark(other, "ada", "same"))


@given(keys)
def test_the_same_key_of_another_caller_is_another_request(key: str) -> None:
    assert not is_replay(mark(key, "ada", "same"), mark(key, "eve", "same"))


def test_without_a_key_nothing_is_a_replay() -> None:
    assert mark(None, "ada", "any") is None
    assert not is_replay(None, None)
    assert not is_replay(mark("k", "ada", "any"), None)
    assert not is_replay(None, mark("k", "ada", "any"))


def test_the_key_itself_is_not_kept() -> None:
    """Whoever reads the table is not to be able to ask in another's name."""
    assert "secret" not in str(mark("secret", "ada", "any"))
