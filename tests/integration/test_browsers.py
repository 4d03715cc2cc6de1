"""What browsers are told: by every answer, and of other origins no more than a deployment allows."""

from collections.abc import Iterator

import pytest

from infra.apps_in_process import load_apps
from tests.gateway import Reply, ask, lasting_shop
from tests.shop import Shop

NAMES = {"customer_id": "x", "order_id": "x", "sku": "x"}
PAGE = "https://shop.example"
DOORS = [
    pytest.param(name, door, id=f"{door.method} {door.path}")
    for name, app in load_apps().items()
    for door in app.door.all
]


@pytest.fixture(scope="module", autouse=True)
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def look(origin: str | None = PAGE, method: str = "GET", route: str = "/products", **more: str) -> Reply:
    return ask(load_apps()["products"].app, method, route, headers={"origin": origin} if origin else {}, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "door"), DOORS)
def test_no_answer_may_be_guessed_at_framed_or_asked_for_without_tls(name: str, door: object) -> None:
    for method in (door.method, "OPTIONS", "TRACE"):  # type: ignore[attr-defined]
        headers = ask(load_apps()[name].app, method, door.path, NAMES).headers  # type: ignore[attr-defined]
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["strict-transport-security"].startswith("max-age=63072000")
        assert headers["referrer-policy"] == "no-referrer"
        assert not any(name.startswith("access-control-allow-origin") for name in headers)


def test_only_what_is_the_same_for_all_may_be_kept_by_a_cache() -> None:
    assert look().headers["cache-control"] == "no-cache"
    for method, route in (("GET", "/catalogue"), ("POST", "/products"), ("OPTIONS", "/products")):
        assert look(method=method, route=route).headers["cache-control"] == "no-store"


def test_pages_of_a_listed_origin_may_read_answers_and_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", f"https://other.example, {PAGE}")
    for reply in (look(), look(query="limit=0"), look(method="TRACE"), look(route="/catalogue", by="")):
        assert reply.headers["access-control-allow-origin"] == PAGE
        assert "ETag" in reply.headers["access-control-expose-headers"]
        assert reply.headers["vary"] == "Origin"


@pytest.mark.parametrize("origin", ["https://evil.example", f"{PAGE}.evil.example", "null", PAGE.upper(), None])
def test_pages_of_any_other_origin_may_not(origin: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", PAGE)
    headers = look(origin).headers
    assert "access-control-allow-origin" not in headers
    assert headers["vary"] == "Origin"


def test_a_browser_learns_beforehand_what_a_page_may_send(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", PAGE)
    reply = look(method="OPTIONS", route="/products/{sku}", names={"sku": "tea"}, by="")  # type: ignore[arg-type]
    assert (reply.status, reply.raw) == (204, b"")
    assert set(reply.headers["access-control-allow-methods"].split(", ")) == {"GET", "PATCH", "DELETE"}
    assert "Authorization" in reply.headers["access-control-allow-headers"]


@pytest.mark.parametrize("origins", [PAGE, "*"])
def test_no_origin_is_ever_allowed_to_send_credentials(origins: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", origins)
    for reply in (look(), look(method="OPTIONS"), look("https://evil.example")):
        assert "access-control-allow-credentials" not in reply.headers
    assert (look("https://evil.example").headers.get("access-control-allow-origin") == "*") is (origins == "*")
