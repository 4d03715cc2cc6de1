"""All that is committed in infra/cost/counts.json, measured anew: the acts on the code, the rest from its templates."""

from collections.abc import Callable
from typing import Any

from infra.apps_in_process import app_folders
from infra.cost.standing import standing
from infra.deploy.package.template import finished
from infra.local.stacks.reading import read
from tests.cost.journey import counted
from tests.deploy.translated import merged
from tests.infra.stacks.project import KEY, OVERLAYS, TEMPLATES


def measured(set_env: Callable[[str, str], None]) -> dict[str, Any]:
    """In an empty cloud; the settings of the apps are given to `set_env`."""
    shared = [path for path in sorted(TEMPLATES.glob("*.yaml")) if path not in (KEY, *OVERLAYS)]
    apps = {name: finished(merged(name), name)["Resources"] for name in app_folders()}
    return {"acts": counted(set_env), "standing": standing((read(path).resources for path in shared), apps)}
