"""Makes the cloud ready for the apps: waits for it, and makes in it what the templates declare."""

import time

from infra.local.clients import Clients
from infra.local.cloud import wait_until_ready
from infra.local.plan import STAGE, Plan
from infra.local.stacks import Overlay, apply, overlay

_READY_SECONDS = 30.0


def prepare(plan: Plan) -> dict[str, Overlay]:
    """Gives each app's overlay; raises what the cloud or a template is wrong with."""
    wait_until_ready(plan.cloud.endpoint, time.monotonic() + _READY_SECONDS)
    parameters = {"Stage": STAGE}
    clients = Clients(plan.cloud.endpoint)
    exports = apply(plan.templates, parameters, clients) if plan.templates else {}
    return {name: overlay(path, exports, parameters) for name, path in plan.overlays.items()}
