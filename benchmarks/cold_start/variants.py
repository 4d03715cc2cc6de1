"""The folders that are started: the same app packed in several ways, and others beside it."""

import platform
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from infra.deploy.package import package
from infra.deploy.package.steps import STEPS, bytecode, sdk
from infra.deploy.stages import deployable
from tests.runtime.function import with_needs

ALL = "all steps"
PLAIN = "as chalice package leaves it"
TWIN = "Powertools + boto3, compiled"
_BARE = "def app(event, context):\n    return {'statusCode': 200, 'body': ''}\n"
# Two tricks that are a line of the code, and no step of packing.
_LINES = {
    "parameter_validation=False": [("chassis/aws.py", "parameter_validation=False,", "parameter_validation=True,")],
    "a collector that rests": [("app.py", "gc.disable();", ""), ("chassis/cold_start.py", "    gc.freeze()\n", "")],
}


@dataclass(frozen=True)
class Variant:
    """`sdk` is where the SDK is found that is not packed, as on Lambda."""

    name: str
    code: Path
    sdk: Path | None = None


def make(work: Path, certificate: str) -> list[Variant]:
    """All of them, below `work`; each SDK trusts the certificate beside those it has."""
    plain, stock, compiled = work / "plain", work / "stock", work / "stock-compiled"
    _package(work / "packed", plain)
    _install("boto3", stock)
    _trust(stock, certificate)
    shutil.copytree(stock, compiled)
    bytecode.apply(compiled)
    return [
        Variant("a bare handler, without AWS", _bare(work / "bare")),
        Variant(PLAIN, plain, stock),
        Variant(f"{PLAIN}, its SDK compiled", plain, compiled),
        Variant(TWIN, _twin(work / "twin"), compiled),
        Variant(ALL, _stepped(plain, work / "all", certificate)),
        *_without_each(plain, work, certificate, compiled),
    ]


def _without_each(plain: Path, work: Path, certificate: str, stock: Path) -> Iterator[Variant]:
    for step in STEPS:
        code = _stepped(plain, work / step.NAME, certificate, without=step.NAME)
        yield Variant(f"without {step.NAME}", code, stock if step is sdk else None)
    for name, lines in _LINES.items():
        yield Variant(f"without {name}", _stepped(plain, work / name.split("=")[0], certificate, lines=lines))


def _package(out: Path, target: Path) -> None:
    """The app without any step; what verifies tokens is in another zip, as it is deployed."""
    architecture = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())
    steps = frozenset(step.NAME for step in STEPS)
    made = package("orders", deployable("dev"), out, architecture=architecture, without=steps)
    with zipfile.ZipFile(made.folder / "deployment.zip") as zipped:
        zipped.extractall(target)


def _stepped(
    plain: Path, code: Path, certificate: str, *, without: str = "", lines: Sequence[tuple[str, str, str]] = ()
) -> Path:
    shutil.copytree(plain, code)
    for step in STEPS:
        if step is bytecode:  # the last one: what it compiles is complete
            _trust(code, certificate)
            _change(code, lines)
        if without != step.NAME:
            step.apply(code)
    return code


def _change(code: Path, lines: Sequence[tuple[str, str, str]]) -> None:
    for name, old, new in lines:
        text = (code / name).read_text(encoding="utf-8")
        if text.count(old) != 1:
            raise SystemExit(f"{name} has not {old!r} once: what is this benchmark to leave out?")
        (code / name).write_text(text.replace(old, new), encoding="utf-8")


def _trust(folder: Path, certificate: str) -> None:
    bundle = folder / "botocore" / "cacert.pem"
    if bundle.exists():
        bundle.write_text(bundle.read_text(encoding="utf-8") + certificate, encoding="utf-8")


def _bare(code: Path) -> Path:
    code.mkdir()
    (code / "app.py").write_text(_BARE, encoding="utf-8")
    bytecode.apply(code)
    return code


def _twin(code: Path) -> Path:
    """Powertools from pip, of the newest version: it is a stranger to this project's lock."""
    told = ["--quiet", "--disable-pip-version-check", "--no-compile", "--only-binary=:all:", "--no-deps"]
    install = [sys.executable, "-m", "pip", "install", *told, "--target", str(code), "aws-lambda-powertools"]
    subprocess.run(install, check=True, stderr=subprocess.DEVNULL)
    _install("typing_extensions", code)
    shutil.copyfile(Path(__file__).with_name("twin.py"), code / "app.py")
    bytecode.apply(code)
    return code


def _install(name: str, folder: Path) -> None:
    for needed in with_needs(name):
        for file in distribution(needed).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), folder / file)
