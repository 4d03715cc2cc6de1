"""Fetches the wheels that a function takes along, for the machine that Lambda runs it on, and unpacks them.

Chalice's own way builds from source what it finds no wheel of, goes on without what it can not build, and checks the
hashes of no wheel for another machine than this one. Here a wheel is one whose hash stands in the lock, or there is no
zip.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from infra.deploy.package.errors import NotPacked

MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_OLDEST_GLIBC = 17  # of manylinux2014
# Amazon Linux 2 under Python 3.11, Amazon Linux 2023 under those since.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_GLIBC = {"3.11": 26, "3.12": 34, "3.13": 34, "3.14": 34}
PYTHONS = tuple(_GLIBC)
_NO_NETWORK = re.compile(r"Retrying \(|Connection|Temporary failure in name resolution|timed out|SSLError")


def platforms(python: str, architecture: str) -> list[str]:
    """The tags of the wheels that run there, the newest first."""
    machine = MACHINES[architecture]
    newest_first = range(_GLIBC[python], _OLDEST_GLIBC - 1, -1)
    return [*(f"manylinux_2_{minor}_{machine}" for minor in newest_first), f"manylinux2014_{machine}"]


def fetch(requirements: Sequence[str], python: str, architecture: str, folder: Path) -> None:
    """The wheels of the hashed requirements, into the folder; raises NotPacked."""
    listed = folder / "requirements.txt"
    listed.write_text("\n".join(requirements), encoding="utf-8")
    tags = [f"--platform={tag}" for tag in platforms(python, architecture)]
    version = ["--implementation=cp", f"--python-version={python}", f"--abi=cp{python.replace('.', '')}"]
    told = ["--quiet", "--no-input", "--disable-pip-version-check", "--retries=2"]
    exactly = ["--no-deps", "--only-binary=:all:", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", *told, *exactly, *version, *tags, f"--dest={folder}"]
    done = subprocess.run([*command, "--requirement", str(listed)], capture_output=True, text=True)
    if done.returncode:
        raise NotPacked(reason(done.stderr, python, architecture))


def reason(said: str, python: str, architecture: str) -> str:
    """What pip said, in a line."""
    if "No module named pip" in said:
        return "pip is not installed in this environment: run `make clean setup`"
    if "DO NOT MATCH THE HASHES" in said:
        return "pip got a wheel whose hash does not stand in requirements.lock: check the index that pip uses"
    if _NO_NETWORK.search(said):
        return "pip can not reach its index for the wheels: check the network, or PIP_INDEX_URL"
    if missing := re.search(r"No matching distribution found for ([^\s(]+)", said):
        there = f"Python {python} on {architecture}"
        return f"there is no wheel of {missing[1]} for {there}: try another --architecture, or a newer Python"
    errors = [line for line in said.splitlines() if line.startswith("ERROR:")] or said.splitlines()[-1:]
    return f"pip fetched no wheels: {' '.join(errors)}"


def unpack(wheels: Path, folder: Path) -> dict[str, frozenset[str]]:
    """Unpacks every wheel; gives what each package has at the top of the folder, by its name."""
    return {_name(wheel): _unpack(wheel, folder) for wheel in sorted(wheels.glob("*.whl"))}


def _name(wheel: Path) -> str:
    """https://packaging.python.org/en/latest/specifications/binary-distribution-format/"""
    return wheel.name.partition("-")[0].lower().replace("_", "-")


def _unpack(wheel: Path, folder: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as packed:
        names = [name for name in packed.namelist() if not name.endswith("/")]
        if elsewhere := [name for name in names if ".data/" in name]:
            raise NotPacked(f"{wheel.name} wants {elsewhere[0]} put elsewhere, which is not known here")
        packed.extractall(folder)
    return frozenset(name.partition("/")[0] for name in names)
