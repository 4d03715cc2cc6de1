"""The capabilities as they are packed: each once in a run of the tests, for whichever process wants it first."""

import fcntl
import hashlib
import os
import platform
from collections.abc import Callable
from pathlib import Path

import pytest

from infra.deploy.package import Packed, package
from infra.deploy.stages import deployable

NATIVE = {"aarch64": "arm64", "arm64": "arm64"}.get(platform.machine(), "x86_64")  # of this machine
OTHER = "x86_64" if NATIVE == "arm64" else "arm64"
Packages = Callable[[str, str], Packed]


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    """Packs a capability for an architecture, for the stage dev; to be read and not to be changed."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "packages"

    def packed(capability: str, architecture: str) -> Packed:
        out = shared / architecture
        out.mkdir(parents=True, exist_ok=True)
        with (out / f"{capability}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return _found(out, capability) or package(capability, deployable("dev"), out, architecture=architecture)

    return packed


def _found(out: Path, capability: str) -> Packed | None:
    """What another process has packed meanwhile: it is there whole, or not at all."""
    folder = out / capability
    if not folder.is_dir():
        return None
    zips = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.zip")}
    return Packed(capability, folder, folder / "template.yaml", zips)
