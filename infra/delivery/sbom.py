"""What the shop is made of, as CycloneDX documents: what each capability takes to Lambda, and what it is built with."""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from infra.deploy.package import lock
from infra.deploy.package.plan import FUNCTIONS, ROOT

DEVELOPMENT = "development"
SPECIFICATION = "1.6"


class NotListed(Exception):
    """No document could be made; the message says what to do."""


def packed_requirements(capability: str) -> list[str]:
    """All that goes into the zips of a capability, each with the hashes that it may come with; raises NotPacked.

    Its own requirements, and what is packed as it is installed here: the SDK and Chalice's runtime.
    """
    locked = lock.read((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    own = (FUNCTIONS / capability / "requirements.txt").read_text(encoding="utf-8")
    installed = [f"{name}=={metadata.version(name)}" for name in lock.INSTALLED]
    return sorted(lock.hashed("\n".join([own, *installed]), locked))


def development_requirements() -> list[str]:
    """All of the lock."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return sorted(line.strip() for line in lines if line.strip() and not line.lstrip().startswith("#"))


def document(name: str, requirements: Sequence[str]) -> str:
    """The document of `emporium-<name>`, valid and the same text each time; raises NotListed."""
    with tempfile.TemporaryDirectory(prefix="emporium-sbom-") as folder:
        project = Path(folder) / "pyproject.toml"
        project.write_text(_project(name), encoding="utf-8")
        listing = ["requirements", "-", "--pyproject", str(project), "--output-reproducible", "--sv", SPECIFICATION]
        # What is committed gives always the same text, and a test holds that to the schema: reading the schema for each
        # document again is most of what the tool would do.
        command = [sys.executable, "-m", "cyclonedx_py", *listing, "--of", "JSON", "--no-validate"]
        made = subprocess.run(command, input="\n".join(requirements), capture_output=True, text=True)
    if made.returncode:
        missing = "No module named cyclonedx_py" in made.stderr
        said = (made.stderr.strip().splitlines() or ["it does not say why"])[-1]
        raise NotListed("cyclonedx-bom is not installed: run `make setup`" if missing else f"{name}: {said}")
    named = [each for each in json.loads(made.stdout)["components"] if each.get("version")]
    if lost := len(requirements) - len(named):
        raise NotListed(f"{name}: {lost} of {len(requirements)} requirements are not understood")
    return made.stdout


def _project(name: str) -> str:
    """What the document is about, as the tool wants it told."""
    of_shop = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return f'[project]\nname = "emporium-{name}"\nversion = "{of_shop["version"]}"\nlicense = "{of_shop["license"]}"\n'
