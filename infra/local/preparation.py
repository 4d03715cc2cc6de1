"""Makes the cloud ready for the apps: waits for it, and makes in it what the templates declare."""

import time
from collections.abc import Mapping
from dataclasses import replace

from infra.local.clients import REGION, Clients
from infra.local.cloud import wait_until_ready
from infra.local.plan import STAGE, Plan
from infra.local.stacks import Overlay, apply, overlay, with_secrets

_READY_SECONDS = 30.0
_COGNITO = f"https://cognito-idp.{REGION}.amazonaws.com/"


def prepare(plan: Plan) -> dict[str, Overlay]:
    """Gives each app's overlay; raises what the cloud or a template is wrong with."""
    wait_until_ready(plan.cloud.endpoint, time.monotonic() + _READY_SECONDS)
    parameters = {"Stage": STAGE}
    clients = Clients(plan.cloud.endpoint)
    exports = apply(plan.templates, parameters, clients) if plan.templates else {}
    made = {name: with_secrets(overlay(path, exports, parameters), clients) for name, path in plan.overlays.items()}
    return {
        name: replace(each, environment=within(plan.cloud.endpoint, each.environment)) for name, each in made.items()
    }


def within(endpoint: str, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables, with the addresses at which AWS publishes a user pool's keys brought into the local cloud.

    The pool's own address stays: it is the issuer that its tokens name.
    """
    return {
        name: f"{endpoint}/{value.removeprefix(_COGNITO)}"
        if value.startswith(_COGNITO) and "/.well-known/" in value
        else value
        for name, value in environment.items()
    }
