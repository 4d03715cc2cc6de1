"""Every packed function answers under AWS's own runtime client, with the zip alone."""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from infra.deploy.package import Packed
from tests.contracts.stocked import made
from tests.contracts.test_rights import live_through_everything
from tests.runtime.function import FunctionFailed
from tests.runtime.shop import PackedShop, open_packed
from tests.tokens import bearer


def an_order_is_confirmed(shop: PackedShop) -> None:
    """From one capability's zips to the other's and back."""
    shop.customer("bob")
    shop.settle()
    order = made(shop.call("POST", "/orders", {"lines": [{"sku": "tea", "quantity": 1}]}, by="customer:bob"))
    assert order["status"] == "placed"
    shop.settle()
    assert made(shop.call("GET", f"/orders/{order['id']}", by="customer:bob"))["status"] == "confirmed"


def test_an_order_goes_through_the_zips_from_placed_to_confirmed(shop: PackedShop) -> None:
    before = made(shop.call("GET", "/products/tea/stock", by=""))["reserved"]
    an_order_is_confirmed(shop)
    assert made(shop.call("GET", "/products/tea/stock", by=""))["reserved"] == before + 1


def test_every_route_queue_stream_schedule_and_authorizer_of_the_zips_answers(shop: PackedShop) -> None:
    made(shop.call("GET", "/products/tea", by=""))
    made(shop.call("GET", "/catalogue/tea"))
    made(shop.call("GET", "/products/tea/stock", by=""))
    made(shop.call("POST", "/products", {"sku": "mug", "name": "Mug", "price": {"amount": 1, "currency": "USD"}}))
    made(shop.call("DELETE", "/products/mug", if_match="*"))
    live_through_everything(shop)
    assert shop.unasked() == []


def test_a_token_that_nobody_signed_is_refused_by_the_zips(shop: PackedShop) -> None:
    head, payload, signature = bearer("customer:bob").split(".")
    forged = f"{head}.{payload}.{signature[::-1]}"
    assert shop.call("GET", "/orders", by="", authorization=forged).status == 401
    assert shop.call("GET", "/orders", by="", authorization=f"{head}.{payload}.{signature}").status == 200


def test_a_function_leaves_nothing_behind_beside_its_code_where_lambdas_disk_is_read_only(
    packed: Mapping[str, Packed], shop: PackedShop
) -> None:
    an_order_is_confirmed(shop)  # what is not compiled yet would be, and kept
    for name in shop.apps:
        for function in shop.apps[name].functions.values():
            with zipfile.ZipFile(packed[name].folder / f"{function.code.name}.zip") as zipped:
                packed_names = set(zipped.namelist())
            assert {path.relative_to(function.code).as_posix() for path in function.code.rglob("*.pyc")} <= packed_names


@pytest.mark.parametrize(
    ("file", "line", "planted"),
    [
        ("app.py", "app = Chalice", "import moto"),
        ("app.py", "app = Chalice", "import boto3"),
        ("app.py", "app = Chalice", "import infra.local.clients"),
        ("app.py", "app = Chalice", "import chalicelib.products.model"),
        ("chassis/inbox.py", "    failed = [each", "    import httpx"),  # seen by no start, but by the first message
    ],
)
def test_an_import_of_what_is_not_in_the_zip_is_seen(
    packed: Mapping[str, Packed],
    shop: PackedShop,
    client: Path,
    endpoint: str,
    tmp_path: Path,
    file: str,
    line: str,
    planted: str,
) -> None:
    spoilt = plant(packed["orders"], tmp_path, file, f"{planted}\n{line}", line)
    with pytest.MonkeyPatch.context() as patch:
        other = open_packed({"orders": spoilt}, endpoint, tmp_path, client, patch.setenv)
    try:
        mixed = replace(shop, apps=shop.apps | other.apps)
        with pytest.raises(FunctionFailed, match=f"No module named '{planted.split()[-1].split('.')[0]}"):
            an_order_is_confirmed(mixed)
    finally:
        other.close()


def plant(packed: Packed, target: Path, file: str, text: str, place: str) -> Packed:
    """The same zip with a text in place of another in one of its sources, which is not compiled any more."""
    compiled = str(Path(file).parent / "__pycache__" / f"{Path(file).stem}.")
    with (
        zipfile.ZipFile(packed.folder / "deployment.zip") as old,
        zipfile.ZipFile(target / "deployment.zip", "w") as new,
    ):
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == file:
                assert content.count(place.encode()) == 1
                content = content.replace(place.encode(), text.encode())
            if not entry.filename.startswith(compiled):
                new.writestr(entry, content)
    (target / "authorizer.zip").write_bytes((packed.folder / "authorizer.zip").read_bytes())
    return replace(packed, folder=target)


def test_no_source_is_read_at_a_start(packed: Mapping[str, Packed], shop: PackedShop, tmp_path: Path) -> None:
    relay = shop.apps["orders"].functions["relay"]
    with zipfile.ZipFile(packed["orders"].folder / "deployment.zip") as zipped:
        zipped.extractall(tmp_path)
    for source in tmp_path.rglob("*.py"):
        source.write_text("this is no Python")
    again = relay.elsewhere(tmp_path)
    try:
        assert again.invoke({"Records": []}) == {"batchItemFailures": []}
    finally:
        again.end()
