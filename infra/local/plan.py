"""What `up` is to start, as data: made here by a pure function, carried out by the supervisor."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from infra.local.apps import App
from infra.local.assignment import Assignment

if TYPE_CHECKING:
    from infra.local.stacks import Overlay

REGION = "us-east-1"
STAGE = "local"
_ANYBODY = "test"  # the local cloud asks for credentials and takes any


@dataclass(frozen=True)
class Cloud:
    """`command` is None for a cloud that somebody else runs; its state then outlives this run.

    So does that of a cloud that is `kept`, in a folder.
    """

    kind: str
    endpoint: str
    command: tuple[str, ...] | None
    port: int = 0
    kept: bool = False


@dataclass(frozen=True)
class Plan:
    cloud: Cloud
    apps: tuple[App, ...]
    templates: tuple[Path, ...]
    overlays: Mapping[str, Path]
    checkpoints: Path
    environment: Mapping[str, str]
    reload: bool


def make_plan(
    *,
    cloud: Cloud,
    apps: Sequence[App],
    templates: Sequence[Path],
    checkpoints: Path,
    inherited: Mapping[str, str],
    reload: bool,
) -> Plan:
    """`templates` are the files there are: `backbone.yaml` and `identity.yaml` first, then every `<app>-data.yaml`.

    `<app>-app.yaml` is the overlay of an app: its handlers' event sources and its environment.
    """
    by_name = {path.name: path for path in templates}
    shared = [by_name[name] for name in ("backbone.yaml", "identity.yaml") if name in by_name]
    data = [by_name[name] for name in sorted(by_name) if name.endswith("-data.yaml")]
    overlays = {app.name: by_name[f"{app.name}-app.yaml"] for app in apps if f"{app.name}-app.yaml" in by_name}
    return Plan(
        cloud=cloud,
        apps=tuple(apps),
        templates=(*shared, *data),
        overlays=overlays,
        checkpoints=checkpoints,
        environment=child_environment(inherited, cloud.endpoint),
        reload=reload,
    )


def assignment(plan: Plan, app: App, port: int, overlay: "Overlay | None") -> Assignment:
    """What the app's worker is told; `port` is the app's own or, where that is 0, the one it got."""
    return Assignment(
        folder=str(app.folder),
        stage=STAGE,
        port=port,
        endpoint=plan.cloud.endpoint,
        checkpoints=str(plan.checkpoints / app.name),
        environment=overlay.environment if overlay else {},
        events=overlay.events if overlay else {},
    )


def worker_command(ready_fd: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "infra.local.worker", "--ready-fd", str(ready_fd))


def child_environment(inherited: Mapping[str, str], endpoint: str) -> dict[str, str]:
    """Every child's environment: none of the developer's own AWS settings, so no way to a real account."""
    kept = {name: value for name, value in inherited.items() if not name.startswith("AWS_")}
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, kept.get("PYTHONPATH", "").split(":"))]
    direct = "127.0.0.1,localhost"  # no proxy of the developer's between the parts
    return kept | {
        "AWS_ACCESS_KEY_ID": _ANYBODY,
        "AWS_SECRET_ACCESS_KEY": _ANYBODY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
        "NO_PROXY": direct,
        "no_proxy": direct,
        "PYTHONPATH": ":".join(dict.fromkeys(paths)),
    }
