"""Every way into a capability stands in its app.py and says who may use it."""

import pytest

from chassis.auth import ROLES
from infra.apps_in_process import load_apps
from tests.architecture.doors import flaws
from tests.architecture.sources import Source, sources

APPS = [source for source in sources("functions") if source.path.endswith("/app.py")]


def test_every_handler_is_a_door_with_a_role_or_an_event_and_has_no_logic() -> None:
    assert len(APPS) == len(load_apps())
    assert flaws(APPS) == []


@pytest.mark.parametrize("name", load_apps())
def test_every_route_of_an_app_went_through_its_doors_and_has_a_role(name: str) -> None:
    module = load_apps()[name]
    served = {(method, path) for path, methods in module.app.routes.items() for method in methods}
    asked_beforehand = {("OPTIONS", path) for path in module.app.routes}
    assert served == {(door.method, door.path) for door in module.door.all} | asked_beforehand
    assert {door.role for door in module.door.all} <= set(ROLES)


@pytest.mark.parametrize("name", load_apps())
def test_before_every_route_that_is_not_public_stands_the_authorizer(name: str) -> None:
    module = load_apps()[name]
    guarded = {
        (method, path)
        for path, entries in module.app.routes.items()
        for method, entry in entries.items()
        if entry.authorizer is module.identify
    }
    assert guarded == {(door.method, door.path) for door in module.door.all if door.role != "public"}


def test_a_route_that_does_not_say_who_may_use_it_fails_when_it_is_declared() -> None:
    door = load_apps()["orders"].door
    with pytest.raises(TypeError, match="role"):
        door("GET", "/open")
    with pytest.raises(ValueError, match="'anybody' is none of the roles"):
        door("GET", "/open", role="anybody")


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("@door('GET', '/x')\ndef x(): return y()", "does not say which role may use it"),
        ("@app.route('/x')\ndef x(): return y()", "is opened past the doors"),
        ("@app.lambda_function()\ndef x(): return y()", "is opened past the doors"),
        ("def x(): return y()", "is not a door"),
        ("@door('GET', '/x', role='staff')\ndef x():\n    y = 1\n    return y", "does more than ask another"),
    ],
)
def test_a_handler_that_is_none_of_ours_is_seen(text: str, flaw: str) -> None:
    [found] = flaws([Source("functions/orders/app.py", text)])
    assert flaw in found


def test_a_door_that_only_asks_another_is_allowed() -> None:
    text = "@door('GET', '/x', role='staff')\ndef x(): return y()\n@app.schedule(1)\ndef tick(event): z()"
    assert flaws([Source("functions/orders/app.py", text)]) == []
