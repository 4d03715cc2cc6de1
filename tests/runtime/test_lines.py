"""What packed functions tell on Lambda: lines of which CloudWatch makes logs and metrics as they are."""

from tests.lines import Line, lines, measured
from tests.runtime.function import Function
from tests.runtime.shop import PackedShop
from tests.runtime.test_functions import an_order_is_confirmed

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def told(function: Function) -> list[Line]:
    """Its lines, without those of Lambda's runtime client."""
    return lines("\n".join(line for line in function.log.splitlines() if line.startswith("{")))


def test_a_function_tells_metrics_on_lambda_and_of_its_start_once(shop: PackedShop) -> None:
    an_order_is_confirmed(shop)
    an_order_is_confirmed(shop)
    inbox = told(shop.apps["orders"].functions["inbox"])
    counted = list(measured(inbox))
    assert counted[0] == ("ColdStarts", 1)
    assert [name for name, _ in counted].count("ColdStarts") == 1
    assert [name for name, _ in counted].count("OrdersConfirmed") >= 2


def test_a_function_says_of_each_line_which_invocation_it_is_of(shop: PackedShop) -> None:
    an_order_is_confirmed(shop)
    by_request: dict[str, set[bool]] = {}
    for line in told(shop.apps["orders"].functions["inbox"]):
        assert (line["stage"], line["capability"], line["function"]) == ("test", "orders", "under-test")
        by_request.setdefault(str(line["request_id"]), set()).add(bool(line.get("cold_start")))
    assert len(by_request) > 1
    first, *others = by_request.values()
    assert first == {True}
    assert all(each == {False} for each in others)


def test_one_trace_leads_through_the_processes_of_an_order(shop: PackedShop) -> None:
    shop.customer("eve")
    shop.settle()
    brought = f"00-{TRACE}-00f067aa0ba902b7-01"
    body = {"lines": [{"sku": "tea", "quantity": 1}]}
    answer = shop.call("POST", "/orders", body, by="customer:eve", traceparent=brought)
    assert answer.headers["traceparent"].split("-")[1] == TRACE
    shop.settle()
    ways = {
        (name, function, line["message"])
        for name in ("orders", "products")
        for function, process in shop.apps[name].functions.items()
        for line in told(process)
        if TRACE in line["trace"]
    }
    assert ways >= {
        ("orders", "app", "answered"),
        ("orders", "relay", "told"),
        ("products", "inbox", "heard"),
        ("products", "relay", "told"),
        ("orders", "inbox", "heard"),
    }
