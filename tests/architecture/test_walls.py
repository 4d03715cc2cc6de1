"""The walls between the parts of the tree hold."""

import sys
from pathlib import Path

import pytest

import chassis
from infra.apps_in_process import ROOT, app_folders
from tests.architecture.sources import Source, sources
from tests.architecture.walls import business_words, crossings, environment_reads

NAMES = list(app_folders())
# A role is a word of the shop; chassis.auth is where the shop's three stand, once for all capabilities.
KNOWS_WORDS = {"chassis/auth.py"}


def test_nobody_imports_what_lies_behind_a_wall() -> None:
    assert crossings(sources("functions", "chassis", "infra")) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("functions/orders/chalicelib/orders/model.py", "import boto3"),
        ("functions/orders/chalicelib/orders/model.py", "from chalicelib.orders import store"),
        ("functions/orders/chalicelib/orders/model.py", "from chassis import clock"),
        ("functions/orders/chalicelib/orders/events.py", "from chassis.table import Table"),
        ("functions/orders/chalicelib/orders/schemas.py", "def f():\n    import chalice"),
        ("functions/orders/chalicelib/orders/commands.py", "from chalice.app import Response"),
        ("functions/orders/chalicelib/orders/reactions.py", "from chalicelib.products import model"),
        ("functions/orders/chalicelib/orders/store.py", "from botocore.exceptions import ClientError"),
        ("functions/orders/app.py", "import chalicelib.products.model"),
        ("functions/orders/app.py", "import boto3"),
        ("chassis/relay.py", "from chalicelib.orders import events"),
        ("chassis/relay.py", "from infra.local import clients"),
        ("chassis/refusals.py", "import botocore.session"),
        ("chassis/aws.py", "import boto3"),
        ("functions/orders/chalicelib/orders/commands.py", "def f():\n    from chassis import tokens"),
        ("chassis/doors.py", "import chassis.keys"),
        ("infra/local/worker.py", "import chalicelib.orders"),
        ("infra/local/worker.py", "from chassis import settings"),
    ],
)
def test_an_import_through_a_wall_is_seen(path: str, text: str) -> None:
    assert len(crossings([Source(path, text)])) >= 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("functions/orders/chalicelib/orders/model.py", "import msgspec\nfrom chassis.refusals import Conflict"),
        ("functions/orders/chalicelib/orders/schemas.py", "from chalicelib.orders.model import Money"),
        ("functions/orders/chalicelib/orders/store.py", "from chassis import table"),
        ("functions/orders/app.py", "from chalice.app import Chalice"),
        ("infra/contracts/openapi.py", "from chassis.doors import Door"),
    ],
)
def test_an_import_on_the_right_side_of_every_wall_is_allowed(path: str, text: str) -> None:
    assert crossings([Source(path, text)]) == []


def test_the_parts_that_any_shop_or_none_could_use_speak_no_word_of_this_one() -> None:
    technical = [source for source in sources("chassis", "infra/local") if source.path not in KNOWS_WORDS]
    assert business_words(technical, [*NAMES, "stock"]) == []


@pytest.mark.parametrize(
    "text",
    ["order = 1", "def save_order(): ...", "class ProductTable: ...", "x = 'emporium-orders'", "f(lambda stock: 0)"],
)
def test_a_word_of_the_business_is_seen_in_names_and_texts(text: str) -> None:
    assert len(business_words([Source("chassis/x.py", text)], ["orders", "products", "stock"])) >= 1


def test_a_docstring_may_say_in_which_order_things_are_done() -> None:
    assert business_words([Source("chassis/x.py", '"""Tells them in order."""\nf(order="sorted")')], ["orders"]) == []


def test_the_environment_is_read_in_one_place_alone() -> None:
    elsewhere = [source for source in sources("functions", "chassis") if source.path != "chassis/settings.py"]
    assert environment_reads(elsewhere) == []
    assert environment_reads(source for source in sources("chassis") if source.path == "chassis/settings.py") != []


@pytest.mark.parametrize(
    "text", ["import os\nos.environ['A']", "from os import getenv", "import os as o\no.getenv('A')"]
)
def test_reading_the_environment_elsewhere_is_seen(text: str) -> None:
    assert len(environment_reads([Source("functions/orders/app.py", text)])) == 1


def test_the_chassis_that_runs_is_the_one_of_this_repository() -> None:
    assert Path(str(chassis.__file__)).resolve() == ROOT / "chassis" / "__init__.py"
    assert [path for path in sys.path if Path(path).name == "vendor"] == []
