"""The capabilities as they are packed: what is in the zips and what is not, and that it runs."""

import re
import sys
import zipfile
from pathlib import Path

import pytest

from infra.apps_in_process import app_folders
from infra.deploy.package.archive import LIMITS
from tests.deploy.package.elsewhere import copied, files, packed
from tests.deploy.package.imports import missing
from tests.deploy.package.unpacked import functions, machines, names, run
from tests.deploy.packages import NATIVE, OTHER, Packages

CLUTTER = re.compile(r"(^|/)(tests?|docs/bcdoc|[^/]+\.dist-info|boto3|chalice/cli)/|\.(pyi|c|h)$")
CRYPTOGRAPHY = {"cryptography", "jwt", "_cffi_backend"}
VERIFIED = """
import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
rsa_key, ec_key = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
for algorithm, key in ("RS256", rsa_key), ("ES256", ec_key):
    token = jwt.encode({"sub": "ada"}, key, algorithm)
    print(jwt.PyJWS(algorithms=[algorithm]).decode(token, key.public_key(), algorithms=[algorithm]).decode())
"""


def tops(zipped: Path) -> set[str]:
    return {re.split(r"[/.]", name)[0] for name in names(zipped)}


# Each capability for this machine, and one for the other kind: it is the packages that differ, and all take the same.
EACH = [*((name, NATIVE) for name in app_folders()), ("orders", OTHER)]


def test_the_same_sources_give_the_same_bytes_whoever_packs_them_and_where(packages: Packages, tmp_path: Path) -> None:
    tree = copied(tmp_path)
    before = files(tree)
    done = packed(tree, tmp_path / "out", "orders", "--stage", "dev", "--architecture", OTHER)
    assert (done.returncode, done.stderr) == (0, "")
    here = packages("orders", OTHER)
    for name in (*here.zips, "template.yaml"):
        assert (tmp_path / "out" / "orders" / name).read_bytes() == (here.folder / name).read_bytes(), name
    assert files(tree) == before
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["orders"]
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(("capability", "architecture"), EACH)
def test_a_zip_is_small_and_has_nothing_in_it_that_no_function_reads(
    packages: Packages, capability: str, architecture: str
) -> None:
    made = packages(capability, architecture)
    for name, limit in LIMITS.items():
        assert (made.folder / name).stat().st_size <= limit
        assert [each for each in names(made.folder / name) if CLUTTER.search(each)] == []
        assert machines(made.folder / name) == {architecture}


@pytest.mark.parametrize("capability", app_folders())
def test_the_cryptography_is_in_the_zip_of_the_authorizer_and_of_no_other_function(
    packages: Packages, capability: str
) -> None:
    made = packages(capability, NATIVE)
    assert tops(made.folder / "authorizer.zip") - tops(made.folder / "deployment.zip") == CRYPTOGRAPHY
    code = {name: each["CodeUri"] for name, each in functions(made.template).items()}
    assert code.pop("Identify") == "./authorizer.zip"
    assert set(code.values()) == {"./deployment.zip"}


@pytest.mark.parametrize(("capability", "architecture"), EACH)
def test_every_function_runs_on_the_python_and_the_machine_that_its_zip_is_for_with_the_stages_memory(
    packages: Packages, capability: str, architecture: str
) -> None:
    for properties in functions(packages(capability, architecture).template).values():
        assert properties["Runtime"] == "python{}.{}".format(*sys.version_info)
        assert properties["Architectures"] == [architecture]
        assert properties["MemorySize"] == {"Ref": "Memory"}


@pytest.mark.parametrize("name", ["deployment.zip", "authorizer.zip"])
@pytest.mark.parametrize("capability", app_folders())
def test_an_app_starts_with_nothing_but_its_zip(packages: Packages, capability: str, name: str, tmp_path: Path) -> None:
    made = packages(capability, NATIVE)
    told = run(made.folder / name, tmp_path, "import app; print(app.app.app_name)")
    assert told == f"emporium-{capability}\n"


# They know the cryptography, which only the authorizer's zip has; tests/architecture/walls.py holds who imports them.
FOR_AUTHORIZERS = ("chassis/keys.py", "chassis/tokens.py")


@pytest.mark.parametrize("capability", app_folders())
def test_whatever_our_own_code_imports_is_in_its_zip_even_where_no_test_comes_by(
    packages: Packages, capability: str
) -> None:
    made = packages(capability, NATIVE)
    assert missing(made.folder / "authorizer.zip") == []
    assert missing(made.folder / "deployment.zip", without=FOR_AUTHORIZERS) == []


@pytest.mark.parametrize(
    "planted",
    [
        "import moto",
        "import infra.shop",
        "from chalicelib.products import model",
        "from chassis import nothing",
        "from chassis.log import shout",
        "from chalice.cli import main",
        "import tkinter",
    ],
)
def test_an_import_of_what_is_not_packed_is_seen_in_a_function_that_nobody_calls(tmp_path: Path, planted: str) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as zipped:
        for name in ("chassis/__init__.py", "chalice/app.pyc", "chalicelib/orders/model.py"):
            zipped.writestr(name, "")
        zipped.writestr("chassis/log.py", "import json\ndef say(): ...\n")
        good = "from chalice.app import Chalice\nfrom chalicelib.orders import model\nfrom chassis.log import say"
        zipped.writestr("app.py", f"{good}\ndef never():\n    {planted}\n")
    module = planted.split()[1]
    assert missing(tmp_path / "a.zip") == [f"app.py:5 imports {module}"]


@pytest.mark.parametrize("capability", app_folders())
def test_an_authorizer_can_verify_a_token_with_nothing_but_its_zip(
    packages: Packages, capability: str, tmp_path: Path
) -> None:
    told = run(packages(capability, NATIVE).folder / "authorizer.zip", tmp_path, "import chassis.tokens\n" + VERIFIED)
    assert told == '{"sub":"ada"}\n' * 2


@pytest.mark.parametrize("capability", app_folders())
def test_all_that_is_python_is_compiled_and_only_our_own_has_its_source_with_it(
    packages: Packages, capability: str
) -> None:
    held = {Path(name) for name in names(packages(capability, NATIVE).folder / "deployment.zip")}
    sources = {path for path in held if path.suffix == ".py"}
    compiled = f".{sys.implementation.cache_tag}.pyc"
    assert {path.parts[0] for path in sources} == {"app.py", "chalicelib", "chassis"}
    assert {path.parent / "__pycache__" / f"{path.stem}{compiled}" for path in sources} <= held
    assert {Path("botocore/session.pyc"), Path("chalice/app.pyc"), Path("msgspec/__init__.pyc")} <= held
