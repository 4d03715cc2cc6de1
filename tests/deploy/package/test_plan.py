"""A plan is sound or refused, before anything is made."""

import json
from pathlib import Path

import pytest

from infra.deploy.package import plan
from infra.deploy.package.errors import NotPacked
from infra.deploy.package.steps import STEPS
from infra.deploy.stages import deployable

DEV = deployable("dev")
EVERYTHING = frozenset[str]()


def test_a_plan_knows_all_that_packing_takes() -> None:
    made = plan.make_plan("orders", DEV, "arm64", EVERYTHING)
    assert (made.capability, made.stage, made.architecture) == ("orders", "dev", "arm64")
    assert made.overlay.is_file()
    assert {each.partition("==")[0] for each in made.requirements} >= {"msgspec"} | plan.CRYPTOGRAPHY
    assert made.steps == tuple(STEPS)


@pytest.mark.parametrize(
    ("capability", "architecture", "without", "said"),
    [
        ("shipping", "arm64", "", "there is no capability 'shipping'; there are: customers, orders, products"),
        ("../orders", "arm64", "", "there is no capability '../orders'"),
        ("", "arm64", "", "there is no capability ''"),
        ("orders", "mips", "", "--architecture mips: Lambda has arm64, x86_64"),
        ("orders", "arm64", "magic", "--without magic: there is no such step; there are: sdk, service-data"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(capability: str, architecture: str, without: str, said: str) -> None:
    with pytest.raises(NotPacked) as refused:
        plan.make_plan(capability, DEV, architecture, frozenset({without} - {""}))
    assert str(refused.value).startswith(said)


def test_an_overlay_that_is_no_yaml_is_told_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for file in ("requirements.lock", "infra/templates/orders-app.yaml"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_bytes((plan.ROOT / file).read_bytes())
    with (tmp_path / "infra/templates/orders-app.yaml").open("a") as overlay:
        overlay.write("  x: [")
    monkeypatch.setattr(plan, "ROOT", tmp_path)
    with pytest.raises(NotPacked, match=r"^orders-app\.yaml: is not YAML: line \d+: "):
        plan.make_plan("orders", DEV, "arm64", EVERYTHING)


def test_a_step_that_is_left_out_leaves_the_others_in_their_order() -> None:
    for step in STEPS:
        made = plan.make_plan("orders", DEV, "arm64", frozenset({step.NAME}))
        assert [each.NAME for each in made.steps] == [each.NAME for each in STEPS if each is not step]
        assert not made.whole


def test_the_config_of_a_stage_is_the_projects_with_the_architecture() -> None:
    project = {
        "version": "2.0",
        "app_name": "a",
        "stages": {"local": {"environment_variables": {"A": "1"}}, "dev": {"api_gateway_stage": "v1"}},
    }
    assert plan.config(project, DEV, "x86_64") == {
        "version": "2.0",
        "app_name": "a",
        "stages": {"dev": {"api_gateway_stage": "v1", "lambda_architecture": "x86_64"}},
    }


def test_a_stage_need_not_stand_in_the_config_of_the_project() -> None:
    assert list(plan.config({"version": "2.0"}, deployable("prod"), "arm64")["stages"]) == ["prod"]


@pytest.mark.parametrize("version", [(3, 10), (3, 15)])
def test_a_python_that_lambda_does_not_have_packs_nothing(version: tuple[int, int]) -> None:
    python = ".".join(map(str, version))
    with pytest.raises(NotPacked, match=f"Python {python} packs for itself, and Lambda is packed for 3.11 to 3.14"):
        plan.python_of(version)


@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_every_python_that_emporium_and_lambda_have_can_pack(minor: int) -> None:
    assert plan.python_of((3, minor)) == f"3.{minor}"


def test_every_setting_of_a_projects_config_is_kept() -> None:
    path = plan.FUNCTIONS / "orders" / ".chalice" / "config.json"
    own = json.loads(path.read_text(encoding="utf-8"))
    made = plan.make_plan("orders", DEV, "arm64", EVERYTHING).config
    assert {name: made[name] for name in own if name != "stages"} == {n: v for n, v in own.items() if n != "stages"}
