"""The packages of requirements.lock: each one version, and the hashes of the files that it may come as."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

from infra.deploy.package.errors import NotPacked

_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)+)", re.M)
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)")
# What goes into a zip as it is installed here, and not as a wheel: Chalice's own runtime, and the SDK.
INSTALLED = ("chalice", "botocore", "jmespath", "python-dateutil", "six", "urllib3")


@dataclass(frozen=True)
class Locked:
    version: str
    hashes: tuple[str, ...]


def read(text: str) -> dict[str, Locked]:
    """The packages by name."""
    return {
        name: Locked(version, tuple(re.findall(r"sha256:[0-9a-f]{64}", hashes)))
        for name, version, hashes in _ENTRY.findall(text)
    }


def hashed(requirements: str, lock: Mapping[str, Locked]) -> list[str]:
    """Each requirement as pip takes it with --require-hashes; raises NotPacked for one that is not as in the lock."""
    lines = [line.strip() for line in requirements.splitlines()]
    return [_hashed(line, lock) for line in lines if line and not line.startswith("#")]


def _hashed(line: str, lock: Mapping[str, Locked]) -> str:
    met = _REQUIREMENT.fullmatch(line)
    if not met:
        raise NotPacked(f"requirements.txt: {line!r} is no exact version: write name==version")
    name, version = met[1].lower(), met[2]
    locked = lock.get(name)
    if locked is None or locked.version != version:
        there = f"has {locked.version}" if locked else "does not know it"
        raise NotPacked(f"requirements.txt: {name} is {version}, and requirements.lock {there}: make them agree")
    return " ".join([f"{name}=={version}", *(f"--hash={each}" for each in locked.hashes)])


def check_installed(lock: Mapping[str, Locked]) -> None:
    """Raises NotPacked where this environment is not the lock's: zips of the same commit would differ."""
    for name in INSTALLED:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise NotPacked(f"{name} is not installed in this environment: run `make clean setup`") from None
        if version != lock[name].version:
            raise NotPacked(f"{name} is {version} here and {lock[name].version} in requirements.lock: run `make setup`")
