"""The init phase of a function on Lambda: what each first request would wait for is done before there is one.

Packing adds the call to app.py (infra/deploy/package/steps/init_phase.py): nowhere else is there such a phase. Where
Lambda starts a function ahead (provisioned concurrency), nobody waits for it.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html
"""

import gc

from chalice.app import Chalice, DynamoDBEventConfig

from chassis import aws, settings


def ready(app: Chalice) -> None:
    """Makes what the function at hand is sure to need, and leaves all that is there by now to no collector."""
    handler = settings.text("_HANDLER")  # as app.relay; set by Lambda
    if handler in (each.handler_string for each in app.builtin_auth_handlers):
        from chassis import tokens  # noqa: F401  # with the cryptography, which no other function pays for
    if _hears_a_table(app, handler):
        aws.client("sns")
    else:
        aws.client("dynamodb")
    gc.freeze()
    gc.enable()


def _hears_a_table(app: Chalice, handler: str) -> bool:
    """Such a function is a relay: it tells a topic, and reads no table. All others read theirs before all else."""
    return any(isinstance(each, DynamoDBEventConfig) and each.handler_string == handler for each in app.event_sources)
