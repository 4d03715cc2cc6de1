"""What the last release told, kept and promised, as it is recorded beside this: all later code is held against it."""

import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from infra.apps_in_process import ROOT
from infra.contracts.capabilities import capabilities
from infra.deploy.contracts import bundle
from infra.local.moto.hardening import harden
from tests.compatibility.moments import Due, Moment, life
from tests.contracts.told import told
from tests.shop import open_shop

FOLDER = Path(__file__).with_name("released")
CODE = FOLDER / "code.zip"
SOURCES = ("chassis/*.py", "functions/*/app.py", "functions/*/chalicelib/*/*.py", "infra/templates/*-app.yaml")
_TRACE = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-01")
Bundles = Mapping[str, bytes]


def bundles() -> Bundles:
    """The contracts of each capability."""
    return {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("contracts/*.json"))}


def events() -> dict[str, list[dict[str, Any]]]:
    """Events by type, as hearers got them."""
    read: dict[str, list[dict[str, Any]]] = json.loads((FOLDER / "events.json").read_text(encoding="utf-8"))
    return read


def moments() -> list[Moment]:
    """A whole life of the shop. Recorded is what changed since the moment before, whose first delivery was made."""
    found, tables, due = list[Moment](), dict[str, dict[str, Any]](), list[Due]()
    for line in (FOLDER / "moments.jsonl").read_text(encoding="utf-8").splitlines():
        read = json.loads(line)
        for name, changed in read["changed"].items():
            tables.setdefault(name, {}).update({item["pk"]["S"]: item for item in changed})
        now = {name: list(kept.values()) for name, kept in tables.items()}
        due = [*due[1:], *((name, handler, record) for name, handler, record in read["due"])]
        end = read["end"] or found[-1].end
        found.append(Moment(read["act"], now, due, end))
    return found


def record(folder: Path = FOLDER) -> None:
    """Writes all of it, from the code as it is now: the same bytes each time."""
    harden()
    (folder / "contracts").mkdir(parents=True, exist_ok=True)
    for name in capabilities():
        (folder / "contracts" / f"{name}.json").write_bytes(bundle(name))
    pack(ROOT, folder / CODE.name)
    (folder / "events.json").write_text(_numbered(_text(told(), indent=1)), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, mock_aws(config={"core": {"reset_boto3_session": False}}):
        lines = _lines(life(open_shop(patch.setenv)))
    (folder / "moments.jsonl").write_text(_numbered("".join(f"{line}\n" for line in lines)), encoding="utf-8")


def pack(tree: Path, target: Path) -> None:
    """Zips the sources that run, with their settings; not compressed, for compressors differ in what they make."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as packed:
        for path in _sources(tree):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix())
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix, a plain file, wherever it is packed
            packed.writestr(entry, path.read_bytes())


def _sources(tree: Path) -> Iterator[Path]:
    for pattern in SOURCES:
        yield from sorted(tree.glob(pattern))


def _numbered(text: str) -> str:
    """With its traces counted instead of by chance: whose is whose stays."""
    numbers: dict[str, int] = {}

    def numbered(met: re.Match[str]) -> str:
        trace, span = (numbers.setdefault(part, len(numbers) + 1) for part in met.groups())
        return f"00-{trace:032x}-{span:016x}-01"

    return _TRACE.sub(numbered, text)


def _lines(lived: list[Moment]) -> list[str]:
    lines, before, end, due = list[str](), dict[str, list[dict[str, Any]]](), None, list[Due]()
    for moment in lived:
        changed = {
            name: [item for item in kept if item not in before.get(name, ())] for name, kept in moment.tables.items()
        }
        ended = moment.end if moment.end != end else None
        new = moment.due[len(due[1:]) :]
        lines.append(_text({"act": moment.act, "changed": changed, "due": new, "end": ended}))
        before, end, due = moment.tables, moment.end, moment.due
    return lines


def _text(value: Any, indent: int | None = None) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, indent=indent) + ("\n" if indent else "")
