"""What is recorded of a release is all that later code is held against, and the same bytes whenever it is recorded."""

import os
import shutil
import zipfile
from pathlib import Path

from infra.apps_in_process import ROOT
from tests.architecture.sources import sources
from tests.compatibility.released import FOLDER, pack, record


def recorded(folder: Path) -> dict[str, bytes]:
    """Each file of a recording of now."""
    record(folder)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_recording_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = recorded(tmp_path / "first"), recorded(tmp_path / "second")
    assert first.keys() == {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}
    assert first == second


def test_all_code_that_is_deployed_is_recorded_and_nothing_else(tmp_path: Path) -> None:
    pack(ROOT, tmp_path / "code.zip")
    with zipfile.ZipFile(tmp_path / "code.zip") as packed:
        python = {name for name in packed.namelist() if name.endswith(".py")}
        assert python == {source.path for source in sources("chassis", "functions")}
        assert all(packed.read(name) == (ROOT / name).read_bytes() for name in packed.namelist())


def test_code_is_recorded_with_the_same_bytes_wherever_and_whenever_its_files_were_written(tmp_path: Path) -> None:
    for name in ("chassis", "functions", "infra/templates"):
        shutil.copytree(ROOT / name, tmp_path / "tree" / name, symlinks=True)
    for path in (tmp_path / "tree").rglob("*.py"):
        os.utime(path, (0, 0))
        path.chmod(0o600)
    pack(ROOT, tmp_path / "here.zip")
    pack(tmp_path / "tree", tmp_path / "there.zip")
    assert (tmp_path / "here.zip").read_bytes() == (tmp_path / "there.zip").read_bytes()
