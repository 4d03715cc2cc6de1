"""A zip is made of names and contents alone, and is looked at before anybody gets it."""

import os
import zipfile
from pathlib import Path

import pytest

from infra.deploy.package import archive
from infra.deploy.package.errors import NotPacked


def a_folder(folder: Path, contents: dict[str, bytes], mode: int = 0o644, time: int = 1_700_000_000) -> Path:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(mode)
        os.utime(path, (time, time))
    return folder


def test_neither_modes_nor_times_nor_the_order_of_making_change_a_zip(tmp_path: Path) -> None:
    contents = {"b/b.py": b"b", "a.py": b"a", "b.py": b"c"}
    one = a_folder(tmp_path / "one", contents)
    other = a_folder(tmp_path / "two", dict(reversed(contents.items())), mode=0o600, time=1_000_000_000)
    assert archive.write(one, tmp_path / "one.zip") == archive.write(other, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_everybody_may_read_what_a_zip_holds(tmp_path: Path) -> None:
    archive.write(a_folder(tmp_path / "one", {"a.py": b"a"}, mode=0o600), tmp_path / "one.zip")
    with zipfile.ZipFile(tmp_path / "one.zip") as zipped:
        [entry] = zipped.infolist()
    assert (entry.external_attr >> 16, entry.create_system) == (0o100644, 3)


def test_what_is_left_out_is_left_out_with_all_that_is_in_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "one", {"jwt/a.py": b"a", "jwt/b/c.py": b"c", "app/jwt/d.py": b"d", "jwt.py": b"e"})
    archive.write(folder, tmp_path / "one.zip", without={"jwt"})
    assert zipfile.ZipFile(tmp_path / "one.zip").namelist() == ["app/jwt/d.py", "jwt.py"]


def test_a_zip_over_its_limit_is_refused_with_what_is_largest_in_it(tmp_path: Path) -> None:
    folder = a_folder(tmp_path / "one", {"big/a.bin": os.urandom(40_000), "app.py": b"a"})
    archive.write(folder, tmp_path / "deployment.zip")
    with pytest.raises(NotPacked) as refused:
        archive.check(tmp_path / "deployment.zip", 20_000)
    assert str(refused.value) == (
        "deployment.zip is 0.04 MB, and 0.02 MB is its limit: see what is largest in it (big 0.04 MB, app.py 0.00 MB)"
    )
    archive.check(tmp_path / "deployment.zip", 50_000)


def test_what_lambda_would_not_unpack_is_refused_however_small_it_is_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.write(a_folder(tmp_path / "one", {"zeros.bin": bytes(2 * archive.MB)}), tmp_path / "deployment.zip")
    archive.check(tmp_path / "deployment.zip", archive.MB)
    monkeypatch.setattr(archive, "UNPACKED", archive.MB)
    with pytest.raises(NotPacked, match=r"deployment\.zip is 2\.00 MB unpacked, and 1\.00 MB is its limit"):
        archive.check(tmp_path / "deployment.zip", archive.MB)
