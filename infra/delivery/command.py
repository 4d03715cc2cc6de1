"""The command `emporium smoke`: whether a shop works, as one real order tells."""

import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import httpx

    from infra.delivery.addresses import Addresses
    from infra.delivery.visit import Shop, Visit

_ERROR = "emporium smoke: "


@click.command()
@click.option("--stage", help="Look at what is deployed there, as its stacks tell.")
@click.option("--url", multiple=True, metavar="[CAPABILITY=]URL", help="Of the shop, or of each capability.")
@click.option("--sku", help="Order this product; else one that nobody has reserved.")
@click.option("--email", envvar="EMPORIUM_SMOKE_EMAIL", help="Sign in with this account, which stays; else sign up.")
@click.option("--password", envvar="EMPORIUM_SMOKE_PASSWORD", help="Of that account; better by the environment.")
@click.option("--token", envvar="EMPORIUM_SMOKE_TOKEN", help="Of a customer, where another issuer keeps the accounts.")
@click.option(
    "--patience", type=click.IntRange(0, 900), default=90, show_default=True, help="Seconds that each wait may take."
)
def smoke(
    stage: str | None,
    url: tuple[str, ...],
    sku: str | None,
    email: str | None,
    password: str | None,
    token: str | None,
    patience: int,
) -> None:
    """Places and cancels a real order, as a customer would.

    Signs up, orders one unit, waits until it is confirmed, cancels, waits until the stock is back and closes the
    account, also when a step fails: what stays is a cancelled order and a deactivated customer. Exits with 1 if a step
    failed, and says which.
    """
    from infra.delivery.visit import Visit

    if bool(stage) == bool(url):
        raise click.UsageError("give either --stage or --url")
    if bool(email) != bool(password):
        raise click.UsageError("--email and --password go together")
    if email and token:
        raise click.UsageError("give either --email or --token")
    addresses = _of_stage(stage) if stage else _of_urls(url)
    with ExitStack() as stack:
        shop = _shop(addresses, stack)
        sys.exit(_run(Visit(shop, patience, sku, _account(shop, email, password, token))))


def _run(visit: "Visit") -> int:
    """The exit status."""
    from infra.delivery.smoke import smoke as run

    try:
        return 0 if run(visit, click.echo, _complain) else 1
    except KeyboardInterrupt:
        _complain("stopped")
        return 130


def _account(shop: "Shop", email: str | None, password: str | None, token: str | None) -> "httpx.Auth | None":
    from infra.identity.accounts import Account, Bearer

    if token:
        return Bearer(token)
    return Account(shop.customers, email, password) if email and password else None


def _complain(what: str) -> None:
    click.echo(_ERROR + what, err=True)


def _of_urls(given: tuple[str, ...]) -> "Addresses":
    from infra.delivery.addresses import NoAddress, of_urls

    try:
        return of_urls(given)
    except NoAddress as error:
        raise click.BadParameter(str(error), param_hint="--url") from None


def _of_stage(name: str) -> "Addresses":
    from infra.deploy.commands.plainly import plainly, stage_named

    with plainly():
        from infra.delivery.addresses import NoAddress, of_outputs
        from infra.deploy.aws import connect
        from infra.deploy.errors import Unusable
        from infra.deploy.outputs import outputs

        try:
            return of_outputs(name, outputs(stage_named(name).name, connect()))
        except NoAddress as error:
            raise Unusable(str(error)) from None


def _shop(addresses: "Addresses", stack: ExitStack) -> "Shop":
    from infra.delivery.visit import Shop
    from infra.shop import Unreachable, client

    try:
        opened = [client(url, 1) for url in (addresses.customers, addresses.orders, addresses.products)]
    except Unreachable as error:
        raise click.BadParameter(str(error), param_hint="--url") from None
    return Shop(*(stack.enter_context(each) for each in opened))
