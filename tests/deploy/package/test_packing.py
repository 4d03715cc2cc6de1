"""What is packed is put in its place as a whole."""

from pathlib import Path

import pytest

from infra.deploy.package.errors import NotPacked
from infra.deploy.package.packing import put


def a_made_folder(tmp_path: Path) -> Path:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "deployment.zip").write_text("new")
    return tmp_path / "made"


def test_what_was_packed_before_is_replaced_with_nothing_of_it_left(tmp_path: Path) -> None:
    (tmp_path / "out" / "orders" / "old").mkdir(parents=True)
    put(tmp_path / "out" / "orders", a_made_folder(tmp_path))
    assert [path.relative_to(tmp_path / "out").as_posix() for path in sorted((tmp_path / "out").rglob("*"))] == [
        "orders",
        "orders/deployment.zip",
    ]


def test_folders_that_are_not_there_yet_are_made(tmp_path: Path) -> None:
    put(tmp_path / "a" / "b" / "orders", a_made_folder(tmp_path))
    assert (tmp_path / "a" / "b" / "orders" / "deployment.zip").read_text() == "new"


def test_a_place_that_can_not_be_written_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotPacked, match=r"orders can not be written \([A-Z][a-z ]+\): choose another --out"):
        put(tmp_path / "file" / "orders", a_made_folder(tmp_path))
