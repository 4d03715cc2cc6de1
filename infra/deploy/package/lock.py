"""The packages of requirements.lock: their versions, and the hashes of the files that each may come as."""

import re
from collections.abc import Mapping, Sequence
from importlib import metadata

from infra.deploy.package.errors import NotPacked

# By name and version: one package has several where Pythons differ in which of them they can take.
Lock = Mapping[str, Mapping[str, Sequence[str]]]

_ENTRY = re.compile(r"^([a-z0-9][a-z0-9._-]*)==([^\s;]+)[^\n]*((?:\n    --hash=sha256:[0-9a-f]{64}[^\n]*)+)", re.M)
_REQUIREMENT = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==(\S+)")
# What goes into a zip as it is installed here, and not as a wheel: Chalice's own runtime, and the SDK.
INSTALLED = ("chalice", "botocore", "jmespath", "python-dateutil", "six", "urllib3")


def read(text: str) -> Lock:
    """Every package of the lock's text."""
    lock: dict[str, dict[str, Sequence[str]]] = {}
    for name, version, hashes in _ENTRY.findall(text):
        lock.setdefault(name, {})[version] = re.findall(r"sha256:[0-9a-f]{64}", hashes)
    return lock


def hashed(requirements: str, lock: Lock) -> list[str]:
    """Each requirement as pip takes it with --require-hashes; raises NotPacked for one that is not as in the lock."""
    lines = [line.strip() for line in requirements.splitlines()]
    return [_hashed(line, lock) for line in lines if line and not line.startswith("#")]


def _hashed(line: str, lock: Lock) -> str:
    met = _REQUIREMENT.fullmatch(line)
    if not met:
        raise NotPacked(f"requirements.txt: {line!r} is no exact version: write name==version")
    name, version = met[1].lower(), met[2]
    if version not in lock.get(name, {}):
        raise NotPacked(f"requirements.txt: {name} is {version}, and requirements.lock {_has(name, lock)}")
    return " ".join([f"{name}=={version}", *(f"--hash={each}" for each in lock[name][version])])


def _has(name: str, lock: Lock) -> str:
    return f"has {' and '.join(lock[name])}: make them agree" if name in lock else "does not know it: add it there"


def check_installed(lock: Lock) -> None:
    """Raises NotPacked where this environment is not the lock's: zips of the same commit would differ."""
    for name in INSTALLED:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            raise NotPacked(f"{name} is not installed in this environment: run `make clean setup`") from None
        if version not in lock.get(name, {}):
            raise NotPacked(
                f"{name} {version} is installed, and is not what requirements.lock has: run `make clean setup`"
            )
