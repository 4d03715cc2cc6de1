"""What the apps are told of the cloud they run over, and what `chalice local` is told of it."""

import json
from pathlib import Path

import httpx
import pytest

from infra.apps_in_process import ROOT
from infra.local.apps import discover
from infra.local.plan import Cloud, make_plan
from infra.local.preparation import prepare, within
from tests.infra.moto.running import a_cloud

FUNCTIONS = ROOT / "functions"
ISSUER = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_a"


@pytest.fixture(scope="module")
def prepared() -> dict[str, dict[str, str]]:
    """The environment of each app, by the cloud at its usual address."""
    with a_cloud() as endpoint:
        plan = make_plan(
            cloud=Cloud("moto", endpoint, None),
            apps=discover(FUNCTIONS, 8000),
            templates=sorted((ROOT / "infra" / "templates").glob("*.yaml")),
            checkpoints=Path("nowhere"),
            inherited={},
            reload=False,
        )
        overlays = prepare(plan)
        assert httpx.get(overlays["orders"].environment["IDENTITY_JWKS_URL"]).json()["keys"]
    usual = "http://127.0.0.1:4566"
    return {
        app: {name: value.replace(endpoint, usual) for name, value in overlay.environment.items()}
        for app, overlay in overlays.items()
    }


@pytest.mark.parametrize("app", ["customers", "orders", "products"])
def test_chalice_local_is_told_what_really_stands_in_the_local_cloud(
    prepared: dict[str, dict[str, str]], app: str
) -> None:
    config = json.loads((FUNCTIONS / app / ".chalice" / "config.json").read_text())
    told = config["stages"]["local"]["environment_variables"]
    made = {name: value for name, value in prepared[app].items() if name != "PARTIAL_BATCH_RESPONSES"}
    assert {name: told.get(name) for name in made} == made


def test_the_keys_of_a_user_pool_are_fetched_from_the_local_cloud_and_its_issuer_stays() -> None:
    given = {"ISSUER": ISSUER, "KEYS": f"{ISSUER}/.well-known/jwks.json", "OTHER": "https://example.com/.well-known/a"}
    told = within("http://127.0.0.1:4566", given)
    assert told == given | {"KEYS": "http://127.0.0.1:4566/us-east-1_a/.well-known/jwks.json"}
