"""The command `emporium token`: an access token of a running shop, for curl and the like."""

import sys

import click

from infra.identity import PASSWORD, STAFF


@click.command()
@click.option("--staff", is_flag=True, help="Of the local shop's member of staff.")
@click.option("--customer", metavar="EMAIL", help="Of this customer: locally, ada@example.com or grace@example.com.")
@click.option("--password", envvar="EMPORIUM_PASSWORD", help="Where it is not the one that a local shop starts with.")
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="Of the shop.")
def token(staff: bool, customer: str | None, password: str | None, url: str) -> None:
    """Signs in to a running shop and prints an access token.

    Nothing else is printed: curl -H "Authorization: Bearer $(emporium token --staff)"
    http://127.0.0.1:8000/catalogue. Whoever asks often keeps it in a variable: it is good for 15 minutes, and an email
    signs in ten times in five minutes at most.
    """
    from infra.identity.accounts import sign_in
    from infra.shop import Refused, Unreachable, client, is_local

    if staff == (customer is not None):
        raise click.UsageError("give either --staff or --customer EMAIL")
    if password is None and not is_local(url):
        raise click.UsageError(f"{url} is not on this machine: give --password, or set EMPORIUM_PASSWORD")
    try:
        with client(url, 1) as shop:
            click.echo(sign_in(shop, customer or STAFF, password or PASSWORD))
    except (Unreachable, Refused) as error:
        click.echo(f"emporium token: {error}", err=True)
        sys.exit(2)
