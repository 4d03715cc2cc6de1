"""The order of stacks, and which of them are deployed."""

import pytest

from infra.apps_in_process import app_folders
from infra.deploy.errors import DeployError, Unusable
from infra.deploy.parts import Part, all_parts
from infra.deploy.plan import chosen, in_order, known
from tests.deploy.parts_made import a_part, by_name
from tests.infra.stacks.project import TEMPLATES

BACKBONE = a_part("backbone", exports="topic queue")
DATA = a_part("tea-data", exports="table", imports="topic")
APP = a_part("tea", imports="table topic", app=True)
BUCKET = a_part("artifacts", exports="bucket")
OTHER = a_part("milk-data", imports="topic")
SHOP = by_name(APP, OTHER, DATA, BUCKET, BACKBONE)
BACKBONE_WHOLE = {"backbone": frozenset({"topic", "queue"})}


@pytest.fixture(scope="module")
def project() -> dict[str, Part]:
    return all_parts(TEMPLATES, app_folders(), "dev")


def names(parts: list[Part]) -> list[str]:
    return [part.name for part in parts]


def test_a_stack_comes_after_those_that_it_imports_from() -> None:
    ordered = names(in_order(SHOP, SHOP))
    assert ordered.index("backbone") < ordered.index("tea-data") < ordered.index("tea")


def test_functions_come_after_the_bucket_of_their_code() -> None:
    assert names(in_order({"tea", "artifacts"}, SHOP)) == ["artifacts", "tea"]


def test_the_order_does_not_hang_on_the_order_of_the_files() -> None:
    assert names(in_order(SHOP, SHOP)) == names(in_order(reversed(SHOP), dict(reversed(SHOP.items()))))


def test_a_circle_of_imports_is_refused_by_its_names() -> None:
    circle = by_name(a_part("one", exports="a", imports="b"), a_part("two", exports="b", imports="a"))
    with pytest.raises(DeployError, match=r"circle: (one -> two -> one|two -> one -> two)"):
        in_order(circle, circle)


def test_an_import_that_nothing_exports_is_refused_by_its_name() -> None:
    parts = by_name(a_part("tea", imports="cup"))
    with pytest.raises(DeployError, match="tea imports cup, which no template exports"):
        in_order(parts, parts)


def test_without_a_name_everything_is_deployed_but_what_is_on_request() -> None:
    parts = SHOP | by_name(a_part("key"))
    assert chosen(parts, frozenset(), {}).keys() == SHOP.keys()


def test_a_capability_brings_what_it_needs_and_nothing_else_where_nothing_is_there() -> None:
    found = chosen(SHOP, frozenset({"tea", "tea-data"}), {})
    assert found.keys() == {"tea", "tea-data", "backbone", "artifacts"}
    assert found["tea"] == found["tea-data"] == ""
    assert "needs it, and it is not there yet" in found["backbone"]


def test_a_capability_leaves_alone_what_is_there() -> None:
    live = BACKBONE_WHOLE | {"artifacts": frozenset({"bucket"})}
    assert chosen(SHOP, frozenset({"tea", "tea-data"}), live).keys() == {"tea", "tea-data"}


def test_a_shared_stack_that_does_not_export_yet_what_is_wanted_is_deployed_too() -> None:
    found = chosen(SHOP, frozenset({"tea-data"}), {"backbone": frozenset({"queue"})})
    assert found["backbone"] == "tea-data needs its topic, which it does not export yet"


def test_what_the_needed_needs_is_brought_too() -> None:
    parts = by_name(a_part("a", exports="a"), a_part("b", exports="b", imports="a"), a_part("c", imports="b"))
    assert chosen(parts, frozenset({"c"}), {}).keys() == {"a", "b", "c"}


def test_a_capability_is_its_data_and_its_functions() -> None:
    assert known("tea", SHOP, ["tea"]) == {"tea", "tea-data"}


def test_a_shared_stack_can_be_named_alone() -> None:
    assert known("backbone", SHOP, ["tea"]) == {"backbone"}


def test_an_unknown_name_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(Unusable, match=r"no 'cofee' to deploy; capabilities: tea, milk; shared: artifacts, backbone$"):
        known("cofee", SHOP, ["tea", "milk"])


def test_no_capability_of_the_project_needs_another_one_first(project: dict[str, Part]) -> None:
    for name in app_folders():
        found = chosen(project, known(name, project, app_folders()), {})
        assert not {each.removesuffix("-data") for each in found} & (app_folders().keys() - {name})


def test_every_stack_of_the_project_has_its_place(project: dict[str, Part]) -> None:
    ordered = names(in_order(project, project))
    assert sorted(ordered) == sorted(project)
    for name in app_folders():
        assert ordered.index("backbone") < ordered.index(f"{name}-data") < ordered.index(name)
        assert max(ordered.index("identity"), ordered.index("artifacts")) < ordered.index(name)


def test_what_keeps_something_is_known_by_what_it_retains(project: dict[str, Part]) -> None:
    assert "Table" in project["orders-data"].retained
    assert project["identity"].retained == ["UserPool", "Staff", "Service"]
    assert project["artifacts"].retained == ["Bucket"]
    assert not project["orders"].retained
