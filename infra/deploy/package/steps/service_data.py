"""Trims what the SDK knows of AWS's services, and of their endpoints, to what a call needs of it.

15 ms of processor time a cold start, 126 of 831 million instructions: most of it for 1.2 MB of endpoints.
"""

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

NAME = "service-data"
_KEPT = ("service-2", "endpoint-rule-set-1")  # the others are for documents, and for ways to ask that nobody uses here
_DOCUMENTS = {"documentation", "documentationUrl"}


def apply(folder: Path) -> None:
    """Of each service stays the newest version, and of endpoints.json what it says of these services."""
    data = folder / "botocore" / "data"
    if not data.is_dir():
        return
    for service in [path for path in data.iterdir() if path.is_dir()]:
        _trim(service)
    _write(data / "endpoints.json", _endpoints(json.loads((data / "endpoints.json").read_bytes()), data))


def _trim(service: Path) -> None:
    *older, newest = sorted(service.iterdir())
    for version in older:
        shutil.rmtree(version)
    for file in list(newest.iterdir()):
        name = file.name.partition(".")[0]
        told = json.loads(gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes())
        file.unlink()
        if name in _KEPT:
            _write(newest / f"{name}.json", _plain(told))


def _plain(told: Any) -> Any:
    """Without what is for readers: a member of the same name is a mapping, and stays."""
    if isinstance(told, dict):
        return {name: _plain(each) for name, each in told.items() if not (name in _DOCUMENTS and isinstance(each, str))}
    return [_plain(each) for each in told] if isinstance(told, list) else told


def _endpoints(told: Mapping[str, Any], data: Path) -> dict[str, Any]:
    """Every partition and region, with the services of `data` alone."""
    prefixes = set(_prefixes(data))
    return dict(told) | {
        "partitions": [
            partition | {"services": {name: each for name, each in partition["services"].items() if name in prefixes}}
            for partition in told["partitions"]
        ]
    }


def _prefixes(data: Path) -> Iterator[str]:
    """What endpoints.json calls the services."""
    for model in data.glob("*/*/service-2.json"):
        yield json.loads(model.read_bytes())["metadata"]["endpointPrefix"]


def _write(path: Path, told: Any) -> None:
    path.write_text(json.dumps(told, separators=(",", ":")), encoding="utf-8")
