"""What is worked out before or beside the processes: apps, templates, environments, routes, who is to reload."""

from pathlib import Path

import pytest

from infra.local import routes
from infra.local.apps import App, Unknown, discover
from infra.local.assignment import Assignment, from_line
from infra.local.overview import owner, shared_prefixes, table
from infra.local.part import Part, State
from infra.local.plan import Cloud, child_environment, make_plan
from infra.local.reload import concerned, roots_of

_CLOUD = Cloud("moto", "http://127.0.0.1:4566", ("moto",), 4566)


def _apps(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).mkdir(parents=True)
        (folder / name / "app.py").write_text("")
    (folder / "notes").mkdir()
    return folder


def test_apps_are_the_folders_with_an_app_and_follow_the_front_door_by_name(tmp_path: Path) -> None:
    found = discover(_apps(tmp_path, "orders", "customers"), 9000)
    assert [(app.name, app.port) for app in found] == [("customers", 9001), ("orders", 9002)]


def test_an_app_alone_keeps_its_usual_port(tmp_path: Path) -> None:
    found = discover(_apps(tmp_path, "orders", "customers"), 9000, frozenset(["orders"]))
    assert [(app.name, app.port) for app in found] == [("orders", 9002)]


def test_a_folder_that_is_an_app_is_the_only_one(tmp_path: Path) -> None:
    assert [app.name for app in discover(_apps(tmp_path, "orders") / "orders", 0)] == ["orders"]


def test_a_folder_without_apps_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Unknown, match="there is no Chalice app in"):
        discover(_apps(tmp_path), 0)


def test_what_all_apps_share_is_applied_first_and_an_overlay_goes_to_its_app() -> None:
    names = ["b-app.yaml", "b-data.yaml", "a-data.yaml", "backbone.yaml", "identity.yaml"]
    plan = make_plan(
        cloud=_CLOUD,
        apps=[App("a", Path("a"), 1), App("b", Path("b"), 2)],
        templates=[Path(name) for name in names],
        checkpoints=Path("c"),
        inherited={},
        reload=True,
    )
    assert [path.name for path in plan.templates] == ["backbone.yaml", "identity.yaml", "a-data.yaml", "b-data.yaml"]
    assert plan.overlays == {"b": Path("b-app.yaml")}


def test_nothing_of_the_developers_own_aws_reaches_a_child() -> None:
    own = {
        "AWS_PROFILE": "work",
        "AWS_SESSION_TOKEN": "real",
        "AWS_ENDPOINT_URL_SQS": "https://real",
        "HTTP_PROXY": "http://proxy",
        "HOME": "/home/me",
    }
    environment = child_environment(own, "http://127.0.0.1:4566")
    assert environment.keys().isdisjoint({"AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_SQS"})
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert environment["AWS_SHARED_CREDENTIALS_FILE"] == "/dev/null"
    assert "127.0.0.1" in environment["NO_PROXY"]
    assert environment["HOME"] == "/home/me"


def test_an_assignment_survives_its_way_to_the_worker() -> None:
    assignment = Assignment("/a", "local", 1, "http://e", "/c", {"A": "ü\n"}, {"inbox": {"BatchSize": 10}})
    assert from_line(assignment.line()) == assignment
    assert assignment.line().count(b"\n") == 1


@pytest.mark.parametrize(
    ("path", "route", "parameters"),
    [
        ("/", "/", {}),
        ("/a", "/a", {}),
        ("/a/", "/a", {}),
        ("/a/b", "/a/b", {}),
        ("/a/x", "/a/{n}", {"n": "x"}),
        ("/a/b/c", "/a/{n}/c", {"n": "b"}),
        ("/x/b", "/{m}/b", {"m": "x"}),
    ],
)
def test_a_path_finds_its_most_literal_route(path: str, route: str, parameters: dict[str, str]) -> None:
    known = ["/", "/a", "/a/{n}", "/a/b", "/a/{n}/c", "/{m}/b"]
    assert routes.match(known, path) == routes.Match(route, parameters)


@pytest.mark.parametrize("path", ["/b", "/a//c", "/a/b/d", "//", "a"])
def test_a_path_without_a_route_finds_none(path: str) -> None:
    assert routes.match(["/a", "/a/{n}/c"], path) is None


def test_an_app_owns_the_first_segments_of_its_routes() -> None:
    assert routes.prefixes(["/a/{n}", "/a", "/b/c", "/"]) == ["", "a", "b"]
    assert routes.prefixes(["/{anything}"]) == [routes.ANY]


def _part(name: str, *owned: str) -> Part:
    part = Part(App(name, Path(name), 8001))
    part.routes = list(owned)
    return part


def test_a_segment_that_two_apps_own_goes_to_the_first_and_is_told() -> None:
    first, second = _part("a", "x", "y"), _part("b", "y")
    assert owner([first, second], "y") is first
    assert owner([first, second], "z") is None
    told = shared_prefixes([first, second], second)
    assert told == ["both a and b have routes under /y, which go to the first by name"]


def test_the_table_names_what_is_not_up() -> None:
    part = _part("a")
    part.turn(State.BROKEN)
    assert table([part], _CLOUD, "http://127.0.0.1:8000") == [
        "  front door  http://127.0.0.1:8000",
        "  a           http://127.0.0.1:8001  broken",
        "  cloud       http://127.0.0.1:4566  moto",
    ]


def test_an_app_that_crashes_again_and_again_waits_twice_as_long_each_time() -> None:
    part = _part("a")
    assert [part.next_wait() for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_an_app_that_was_up_for_a_while_is_started_again_soon() -> None:
    part = _part("a")
    part.next_wait(), part.next_wait()
    part.turn(State.UP)
    assert part.next_wait() == 0.8
    part.turn(State.UP)
    part.since -= 11
    assert part.next_wait() == 0.2


def test_a_change_concerns_the_app_that_holds_it_and_every_app_that_vendors_it(tmp_path: Path) -> None:
    _apps(tmp_path / "apps", "a", "b", "c")
    (tmp_path / "shared").mkdir()
    for name in ("a", "b"):
        (tmp_path / "apps" / name / "vendor").mkdir()
        (tmp_path / "apps" / name / "vendor" / "shared").symlink_to(tmp_path / "shared")
    roots = {name: roots_of(tmp_path / "apps" / name) for name in ("a", "b", "c")}
    assert concerned(roots, [tmp_path / "shared" / "x.py"]) == {"a", "b"}
    assert concerned(roots, [tmp_path / "apps" / "c" / "app.py"]) == {"c"}
    assert concerned(roots, [tmp_path / "elsewhere.py"]) == set()
    # a watcher may name the file by any of the ways to it
    assert concerned(roots, [tmp_path / "apps" / "b" / "vendor" / "shared" / "x.py"]) == {"a", "b"}
