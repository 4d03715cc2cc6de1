"""Writes a folder as a zip that depends on nothing but its content, and looks at its size."""

import hashlib
import zipfile
from collections import Counter
from collections.abc import Container
from pathlib import Path

from infra.deploy.package.errors import NotPacked

_MADE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can tell
_UNIX = 3
_MODE = 0o100644
MB = 1024 * 1024
# Ours; the authorizer's holds the cryptography, of which OpenSSL alone makes up most.
LIMITS = {"deployment.zip": 3 * MB, "authorizer.zip": 6 * MB}
# Lambda's own, unpacked. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
UNPACKED = 250 * MB


def files(folder: Path, without: Container[str] = ()) -> list[Path]:
    """In the order of their names; `without` names what is at the top of the folder."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    wanted = [path for path in found if path.relative_to(folder).parts[0] not in without]
    return sorted(wanted, key=lambda path: path.relative_to(folder).as_posix())


def write(folder: Path, target: Path, without: Container[str] = ()) -> str:
    """Zips the folder's files, as whoever and wherever and whenever; gives the zip's SHA-256, in hex."""
    with zipfile.ZipFile(target, "x") as zipped:
        for path in files(folder, without):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _MADE)
            entry.create_system, entry.external_attr = _UNIX, _MODE << 16
            zipped.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, compresslevel=9)
    return hashlib.sha256(target.read_bytes()).hexdigest()


def check(zipped: Path, limit: int) -> None:
    """Raises NotPacked for a zip over its limit, or over Lambda's."""
    with zipfile.ZipFile(zipped) as packed:
        entries = packed.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    for size, most, kind in [(zipped.stat().st_size, limit, ""), (unpacked, UNPACKED, " unpacked")]:
        if size > most:
            over = f"{zipped.name} is {_mb(size)}{kind}, and {_mb(most)} is its limit"
            raise NotPacked(f"{over}: see what is largest in it ({_largest(entries)})")


def _largest(entries: list[zipfile.ZipInfo]) -> str:
    sizes = Counter[str]()
    for entry in entries:
        sizes[entry.filename.partition("/")[0]] += entry.compress_size
    return ", ".join(f"{name} {_mb(size)}" for name, size in sizes.most_common(3))


def _mb(size: int) -> str:
    return f"{size / MB:.2f} MB"
