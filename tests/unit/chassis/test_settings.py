"""The environment: what stands there is taken as it is meant, or refused by its name."""

import pytest

from chassis import settings
from chassis.settings import SettingMissing


def test_a_text_without_a_default_has_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingMissing, match="CUPS_TABLE is not set"):
        settings.text("CUPS_TABLE")
    monkeypatch.setenv("CUPS_TABLE", "")
    with pytest.raises(SettingMissing, match="CUPS_TABLE"):
        settings.text("CUPS_TABLE")
    assert settings.text("CUPS_TABLE", "") == ""


@pytest.mark.parametrize(("value", "means"), [("0", 0), ("7", 7), ("999999999", 999_999_999), ("", 3)])
def test_a_number_is_whole_and_none_is_the_default(monkeypatch: pytest.MonkeyPatch, value: str, means: int) -> None:
    monkeypatch.setenv("CUPS_LIMIT", value)
    assert settings.number("CUPS_LIMIT", 3) == means


@pytest.mark.parametrize("nonsense", ["abc", "-1", "1.5", "1e3", "1_000", "\u0661", " 7", "7 ", "1000000000", "ten"])
def test_what_is_no_number_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("CUPS_LIMIT", nonsense)
    with pytest.raises(ValueError, match=r"CUPS_LIMIT must be a whole number, not '"):
        settings.number("CUPS_LIMIT", 3)


@pytest.mark.parametrize(("value", "means"), [("10/60", (10, 60)), ("1/1", (1, 1)), ("", (5, 3600))])
def test_a_rate_is_so_many_times_in_so_many_seconds(
    monkeypatch: pytest.MonkeyPatch, value: str, means: tuple[int, int]
) -> None:
    monkeypatch.setenv("CUPS_RATE", value)
    assert settings.rate("CUPS_RATE", "5/3600") == means


@pytest.mark.parametrize(
    "nonsense",
    ["abc", "10", "/", "10/", "/60", "0/60", "10/0", "-1/60", "1.5/60", "10/60/1", "10 / 60", "10/1m", "\u0661/60"],
)
def test_what_is_no_rate_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch, nonsense: str) -> None:
    monkeypatch.setenv("CUPS_RATE", nonsense)
    with pytest.raises(ValueError, match=r"CUPS_RATE must be written as 10/60"):
        settings.rate("CUPS_RATE", "5/3600")


@pytest.mark.parametrize(
    ("value", "is_on"), [("on", True), ("off", False), ("", False), ("true", False), ("ON", False)]
)
def test_a_switch_is_on_by_that_word_alone(monkeypatch: pytest.MonkeyPatch, value: str, is_on: bool) -> None:
    monkeypatch.setenv("CUPS_SWITCH", value)
    assert settings.on("CUPS_SWITCH") is is_on
