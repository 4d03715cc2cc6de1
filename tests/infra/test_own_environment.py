"""An environment of its own is made once, whole, whoever asks for it and whatever became of it before."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.own_environment import prepared


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Of a tool that needs nothing."""
    path = tmp_path / "tool.lock"
    path.write_text("# nothing\n")
    return path


def test_of_all_who_ask_at_once_one_makes_it_and_the_others_find_it_made(
    tmp_path: Path, lock: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(3) as pool:
        pythons = set(pool.map(lambda _: prepared(tmp_path / "own", lock), range(3)))
    assert [python.is_file() for python in pythons] == [True]
    assert capfd.readouterr().out.count("making own from tool.lock, this once") == 1


def test_one_that_was_interrupted_or_made_from_another_lock_is_made_again_from_nothing(
    tmp_path: Path, lock: Path
) -> None:
    left = tmp_path / "own" / "lib" / "left-behind"
    left.parent.mkdir(parents=True)
    left.touch()
    python = prepared(tmp_path / "own", lock)
    assert not left.exists()
    left.touch()
    assert prepared(tmp_path / "own", lock) == python
    assert left.exists()  # it stood, and was left alone
    lock.write_text("# nothing else\n")
    prepared(tmp_path / "own", lock)
    assert not left.exists()


def test_one_whose_python_is_gone_is_made_again(tmp_path: Path, lock: Path) -> None:
    python = prepared(tmp_path / "own", lock)
    python.unlink()
    assert prepared(tmp_path / "own", lock).is_file()


def test_one_that_can_not_be_made_is_none(tmp_path: Path, lock: Path) -> None:
    prepared(tmp_path / "own", lock)
    sound = lock.read_text()
    lock.write_text("no requirement at all\n")
    for _ in range(2):  # nor is it one the second time
        with pytest.raises(SystemExit, match="own could not be made: see above"):
            prepared(tmp_path / "own", lock)
    lock.write_text(sound)
    assert prepared(tmp_path / "own", lock).is_file()
