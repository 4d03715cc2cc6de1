"""What people and clocks do in the shop, one act after the other, each counted: the real code, in one process."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import msgspec

from chassis import aws, clock
from infra.cost.counts import LINES
from infra.demo import CATALOGUE
from infra.demo.files import read_catalogue
from infra.demo.shop import offered
from tests.contracts.stocked import made
from tests.cost.meter import Act, Meter
from tests.shop import CONTEXT, Shop, forget_sign_outs, open_shop

PASSWORD = "Open-Sesame-1704"
EMAIL = "ada.lovelace@example.com"
CUSTOMER = "01993cc8-6b1d-7c9a-9d0e-3f6a52c1b7e4"
_AS_ON_LAMBDA = {
    "CUSTOMERS_LEAST_ANSWER_MS": "1000",
    "METRICS": "on",
    "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
}
PAGE = 20  # products of a list, as the API gives them unless it is asked for another number


@dataclass
class Journey:
    """The shop with a meter at each function; `acts` has what was counted so far."""

    shop: Shop
    meter: Meter
    acts: dict[str, Act]

    @contextmanager
    def act(self, name: str) -> Iterator[None]:
        """Whoever reads sign-outs reads them anew: the dearest case."""
        forget_sign_outs()
        self.meter.counted.clear()
        before = self.meter.stored()
        yield
        self.meter.add("tables", {"stored_bytes": self.meter.stored() - before})
        self.acts[name] = {function: dict(units) for function, units in self.meter.counted.items() if units}

    def ask(self, method: str, path: str, body: Any = None, by: str = "") -> Any:
        """A request through the gateway; who calls by a token is identified by a function of its own."""
        app = {"sessions": "customers"}.get(path.split("/")[1].split("?")[0], path.split("/")[1].split("?")[0])
        if by:
            self.meter.add(f"{app}.identify", {"invocations": 1})
        with self.meter.turn(f"{app}.api_handler"):
            answer = self.shop.call(method, path, body, by=by)
        sent = sum(len(f"{name}: {value}\r\n".encode()) for name, value in answer.headers.items())
        self.meter.add("gateway", {"requests": 1, "bytes_out": sent + len(msgspec.json.encode(answer.body))})
        return made(answer)

    def settle(self) -> None:
        """Delivers what a stream has new as one batch, and each message alone: as in a shop with little to do."""
        while due := [turn for name in self.shop.apps for turn in self._due(name)]:
            for function, records in due:
                for record in records:
                    self.meter.received(function, record.get("body"))
                name, _, handler = function.partition(".")
                with self.meter.turn(function):
                    getattr(self.shop.apps[name], handler)({"Records": records}, CONTEXT)

    def _due(self, name: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        if records := self.shop.records(name):
            yield f"{name}.relay", records
        if hasattr(self.shop.apps[name], "inbox"):
            yield from ((f"{name}.inbox", [message]) for message in self.shop.messages(name))


def counted(set_env: Callable[[str, str], None]) -> dict[str, Act]:
    """What each act costs, in an empty cloud; the settings of the apps are given to `set_env`."""
    shop = open_shop(set_env)
    for setting, value in _AS_ON_LAMBDA.items():
        set_env(setting, value)
    journey = Journey(shop, Meter(shop.clients), {})
    now = clock.now().replace(microsecond=123000)
    clock.use(lambda: now, journey.meter.waits.append)
    aws.use(journey.meter.client)
    try:
        _stock(journey)
        _visit(journey)
        for lines in LINES:
            _order(journey, lines)
        for name in shop.apps:
            with journey.act(f"{name}.tick"), journey.meter.turn(f"{name}.tick"):
                shop.tick(name)
    finally:
        aws.use(None)
        clock.use(None)
    return journey.acts


def _stock(journey: Journey) -> None:
    """As many products as the longest order has lines, from the demo's catalogue, and a customer."""
    for product in _products():
        made(journey.shop.call("POST", "/products", product))
        path = f"/products/{product['sku']}/stock-adjustments"
        made(journey.shop.call("POST", path, {"delta": 100, "reason": "delivery"}))
    journey.shop.customer(CUSTOMER)
    journey.settle()


def _products() -> list[dict[str, Any]]:
    return [offered(each) for each in list(read_catalogue(CATALOGUE).values())[: max(LINES)]]


def _visit(journey: Journey) -> None:
    with journey.act("sign up"):
        journey.ask("POST", "/customers", {"email": EMAIL, "name": "Ada Lovelace", "password": PASSWORD})
        journey.settle()
    with journey.act("sign in"):
        journey.ask("POST", "/sessions", {"email": EMAIL, "password": PASSWORD})
        journey.settle()
    with journey.act("list products"):
        assert len(journey.ask("GET", "/products")["items"]) == PAGE
    with journey.act("look at a product"):
        journey.ask("GET", f"/products/{_products()[0]['sku']}")


def _order(journey: Journey, lines: int) -> None:
    wanted = [{"sku": each["sku"], "quantity": 2} for each in _products()[:lines]]
    with journey.act(f"order {lines}"):
        order = journey.ask("POST", "/orders", {"lines": wanted}, by=f"customer:{CUSTOMER}")["id"]
        journey.settle()
    with journey.act(f"look at an order {lines}"):
        shown = journey.ask("GET", f"/orders/{order}", by=f"customer:{CUSTOMER}")
    assert shown["status"] == "confirmed"
