"""Packs the SDK: botocore of this environment with the services that the code asks for, and what it needs.

Lambda's own is another one than the tests have seen, is renewed without being asked, and knows hundreds of services,
whose folders each start looks through. 56 ms of processor time a cold start, 430 of 1,135 million instructions, against
Lambda's own compiled (benchmarks/cold_start; so are the figures of the other steps, each against all steps without it).
"""

import re
import shutil
from collections.abc import Container, Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path, PurePath

from infra.deploy.package.steps.services import asked_for

NAME = "sdk"
_SDK = "botocore"  # boto3 is a layer on top of it that no function uses


def apply(folder: Path) -> None:
    """Copies the installed packages; what the folder has of them already stays as it is."""
    services = asked_for(folder)
    for package in _with_needs(_SDK):
        for file in package.files or ():
            if _is_wanted(file, services) and not (folder / file).exists():
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), folder / file)


def _is_wanted(file: PurePath, services: Container[str]) -> bool:
    match file.parts:
        case "botocore", "data", service, _, *_:
            return service in services
        case parts:  # a RECORD tells of files that are not packed
            return not {"..", "__pycache__", "RECORD"}.intersection(parts)


def _with_needs(name: str) -> Iterator[Distribution]:
    """The package and all that it can not do without, as the packages themselves say."""
    package = distribution(name)
    yield package
    for need in package.requires or ():
        if "extra ==" not in need:
            yield from _with_needs(re.split(r"[^\w.-]", need, maxsplit=1)[0])
