"""Every capability has the same rooms."""

import pytest

from infra.apps_in_process import ROOT, app_folders
from tests.architecture.rooms import due, files_of, misplaced

NAMES = list(app_folders())


@pytest.mark.parametrize("name", NAMES)
def test_a_capability_has_exactly_the_rooms_that_all_have(name: str) -> None:
    assert misplaced(name, files_of(ROOT / "functions" / name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_chassis_of_a_capability_is_the_one_of_this_repository(name: str) -> None:
    link = ROOT / "functions" / name / "vendor" / "chassis"
    assert link.readlink().as_posix() == "../../../chassis"
    assert link.resolve() == ROOT / "chassis"


def test_a_missing_room_and_a_stray_file_are_seen() -> None:
    there = (due("orders") - {"chalicelib/orders/store.py"}) | {"settings.py"}
    assert misplaced("orders", there) == [
        "orders: chalicelib/orders/store.py is missing",
        "orders: settings.py has no place in a capability",
    ]


def test_the_file_that_would_make_one_capability_hide_the_others_is_seen() -> None:
    [flaw] = misplaced("orders", due("orders") | {"chalicelib/__init__.py"})
    assert "would make one capability hide the others" in flaw


def test_rights_that_chalice_would_not_read_are_seen() -> None:
    [flaw] = misplaced("orders", due("orders") | {".chalice/policy-dev.json"})
    assert "stands in the overlay of its app" in flaw
