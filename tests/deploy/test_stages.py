"""The stages: read whole or refused with the place that is wrong."""

from pathlib import Path

import pytest

from infra.deploy.release import GRADUAL
from infra.deploy.stages import STAGES, StageNotKnown, StagesNotRead, deployable, load


def written(folder: Path, table: str) -> Path:
    path = folder / "stages.toml"
    path.write_text(STAGES.read_text(encoding="utf-8") + table, encoding="utf-8")
    return path


def test_there_are_local_dev_staging_and_prod() -> None:
    assert list(load()) == ["local", "dev", "staging", "prod"]


def test_prod_is_the_only_one_that_is_protected() -> None:
    assert [stage.name for stage in load().values() if stage.protected] == ["prod"]


def test_callers_of_prod_go_over_gradually_and_its_logs_are_kept_for_a_year() -> None:
    assert load()["prod"].canary in GRADUAL
    assert load()["prod"].log_days >= 365


def test_a_stage_reaches_the_templates_as_parameters() -> None:
    told = deployable("dev").parameters()
    assert told["Stage"] == "dev"
    assert told["LogDays"] == "7"
    assert told["Protected"] == "false"


def test_what_a_stage_does_not_say_the_defaults_do(tmp_path: Path) -> None:
    own = deployable("mine", written(tmp_path, "[mine]\nmemory = 1024\n"))
    assert (own.memory, own.log_days) == (1024, 30)


def test_a_stage_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(StageNotKnown, match=r"'prd' is none of the stages; stages\.toml has: dev, staging, prod"):
        deployable("prd")


def test_local_is_never_deployed() -> None:
    with pytest.raises(StageNotKnown, match="'local' is what `emporium up` runs"):
        deployable("local")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("[mine]\nmemroy = 1\n", r"\[mine\]: memroy is not known"),
        ("[mine]\nmemory = '1'\n", r"\[mine\]: memory is to be a whole number, not '1'"),
        ("[mine]\nmemory = true\n", r"\[mine\]: memory is to be a whole number, not True"),
        ("[mine]\nprotected = 1\n", r"\[mine\]: protected is to be true or false, not 1"),
        ("[Mine]\n", r"\[Mine\]: a stage is named by"),
        ("[mine\n", "Expected"),
    ],
)
def test_a_table_that_is_wrong_is_refused_with_its_place(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(StagesNotRead, match=said):
        load(written(tmp_path, table))


def test_stages_that_can_not_be_read_are_refused(tmp_path: Path) -> None:
    with pytest.raises(StagesNotRead, match=r"none\.toml"):
        load(tmp_path / "none.toml")
