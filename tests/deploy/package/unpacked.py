"""What a zip holds, and what an interpreter that has nothing else makes of it."""

import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import yaml

MACHINES = {62: "x86_64", 183: "arm64"}  # e_machine of ELF


def names(zipped: Path) -> list[str]:
    with zipfile.ZipFile(zipped) as packed:
        return packed.namelist()


def machines(zipped: Path) -> set[str]:
    """What the compiled modules of a zip run on."""
    with zipfile.ZipFile(zipped) as packed:
        heads = [packed.read(name)[:20] for name in packed.namelist() if name.endswith(".so")]
    return {MACHINES[struct.unpack_from("<18xH", head)[0]] for head in heads}


def run(zipped: Path, folder: Path, code: str) -> str:
    """What the code prints with the unpacked zip and the standard library alone."""
    with zipfile.ZipFile(zipped) as packed:
        packed.extractall(folder)
    # As Lambda sets them.
    environment = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "_HANDLER": "app.app"}
    account = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": os.devnull}
    script = f"import sys; sys.path.insert(0, {str(folder)!r})\n{code}"
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment | account, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def functions(template: Path) -> dict[str, dict[str, object]]:
    """The properties of each function of a template, by its name."""
    resources = yaml.safe_load(template.read_text(encoding="utf-8"))["Resources"]
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::Serverless::Function"}
