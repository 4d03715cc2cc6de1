"""The people with whom a local shop starts, its member of staff first of all."""

import base64
import json

import httpx

from infra.identity import CUSTOMERS, STAFF
from infra.identity.starters import admit_staff, told
from infra.local.clients import Clients
from infra.local.stacks import apply
from tests.infra.stacks.project import IDENTITY, STAGE


def claims(auth: httpx.Auth) -> dict[str, object]:
    """What the token says with which a request would be sent."""
    request = next(auth.auth_flow(httpx.Request("GET", "http://shop")))
    payload = request.headers["Authorization"].split(".")[1]
    told: dict[str, object] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return told


def test_staff_is_admitted_to_the_group_and_signed_in(cloud: None) -> None:
    exports = apply([IDENTITY], STAGE, Clients())
    told = claims(admit_staff(Clients()))
    assert told["cognito:groups"] == ["staff"]
    assert told["client_id"] == exports["emporium-local-identity-client-id"]


def test_staff_that_is_there_already_stays_who_it_is(cloud: None) -> None:
    apply([IDENTITY], STAGE, Clients())
    assert claims(admit_staff(Clients()))["sub"] == claims(admit_staff(Clients()))["sub"]


def test_people_are_told_with_whom_they_can_sign_in_or_that_nobody_can() -> None:
    assert [where for _, where, _ in told({"customers", "orders"})] == [*CUSTOMERS, STAFF]
    assert [*told({"orders"})] == [("sign-in", "nowhere: customers is not among the apps", "")]
