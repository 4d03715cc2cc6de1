"""Lets Chalice package a clean copy of a capability: the tree is left as it is, and no setting of AWS is looked at."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.deploy.package.errors import NotPacked

# Neither what was compiled, nor what an editor, a desktop or a merge leaves behind.
_NOT_OURS = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*~", "*.orig", "*.rej")
_CHALICE = [sys.executable, "-c", "import sys; from chalice.cli import main; sys.exit(main())"]
# Any region will do, since templates name none; what Chalice starts up is not to look for an account.
_NO_ACCOUNT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def copy(project: Path, config: Mapping[str, Any], target: Path) -> None:
    """The project with real files where it has links, with that config, and without its requirements: they are
    fetched by `wheels`."""
    shutil.copytree(project, target, ignore=_NOT_OURS)
    (target / "requirements.txt").write_text("", encoding="utf-8")
    (target / ".chalice").mkdir()
    (target / ".chalice" / "config.json").write_text(json.dumps(config), encoding="utf-8")


def package(copied: Path, stage: str, overlay: Path, code: Path) -> dict[str, Any]:
    """Unpacks into `code` what Chalice packs, and gives the template that it writes; raises NotPacked."""
    out = copied / "out"
    asked = ["--project-dir", str(copied), "package", "--stage", stage, "--merge-template", str(overlay), str(out)]
    done = subprocess.run([*_CHALICE, *asked], env=_environment(), capture_output=True, text=True)
    if done.returncode:
        raise NotPacked(f"chalice can not package {copied.name}: {_reason(done.stderr)}")
    with zipfile.ZipFile(out / "deployment.zip") as zipped:
        zipped.extractall(code)
    return dict(yaml.safe_load((out / "sam.yaml").read_text(encoding="utf-8")))


def _environment() -> dict[str, str]:
    """This process's own without what it says of AWS; nothing compiled is left in the tree."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | _NO_ACCOUNT | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0"}


def _reason(said: str) -> str:
    """The last line of a traceback, with the place that it tells of."""
    last = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "it does not say why")
    places = re.findall(r'File "([^"<]+)", line (\d+)', said)
    return f"{Path(places[-1][0]).name}, line {places[-1][1]}: {last}" if places else last
