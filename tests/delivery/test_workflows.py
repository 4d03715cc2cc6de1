"""The workflows hold no secret, may do little, run what there is, and bring what infra/stages.toml names."""

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.apps_in_process import ROOT
from infra.cli import main
from infra.delivery.update import COMPILE, repinned
from infra.deploy.package.wheels import PYTHONS
from infra.deploy.stages import LOCAL, load

FOLDER = ROOT / ".github" / "workflows"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.y*ml"))}
WORKFLOWS: dict[str, Any] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# Beyond reading: by workflow and job, each with its reason beside it in the file.
GRANTED = {
    ("deploy.yml", "dev"): {"id-token"},
    ("deploy.yml", "staging"): {"id-token"},
    ("deploy.yml", "prod"): {"id-token"},
    ("stage.yml", "deploy"): {"id-token"},
    ("update.yml", "update"): {"contents", "pull-requests", "actions"},
}


def jobs() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for name, workflow in WORKFLOWS.items():
        for job, content in workflow["jobs"].items():
            yield name, job, content


def steps() -> Iterator[dict[str, Any]]:
    for _, _, job in jobs():
        yield from job.get("steps", ())


def commands() -> Iterator[list[str]]:
    """The words of each line that is run, with the settings of a run filled in."""
    for step in steps():
        for line in step.get("run", "").replace("$STAGE", "dev").replace("$BREAKING", "--allow-breaking").splitlines():
            yield shlex.split(line)


def runs(command: list[str]) -> bool:
    """Whether there is such a command, and it takes what it is given; true for what is not ours."""
    match command:
        case [".venv/bin/emporium", name, *arguments]:
            known = main.commands.get(name)
            return known is not None and known.make_context(name, arguments) is not None
        case ["python" | ".venv/bin/python", "-m", module, *_] if module.startswith(("infra", "tests")):
            return importlib.util.find_spec(module) is not None
        case ["make", target, *_]:
            return bool(re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    return True


def test_every_command_of_ours_is_there_and_takes_what_it_is_given() -> None:
    programs = (".venv/bin/emporium", ".venv/bin/python", "make", "python")
    ours = [command for command in commands() if command and command[0] in programs]
    assert len(ours) >= 8
    assert [command for command in ours if not runs(command)] == []


@pytest.mark.parametrize(
    "command",
    [".venv/bin/emporium fly", "make coffee", "python -m infra.nothing", ".venv/bin/python -m tests.nothing"],
    ids=lambda command: command,
)
def test_a_command_that_is_not_there_is_seen(command: str) -> None:
    assert not runs(command.split())


@pytest.mark.parametrize("name", TEXTS)
def test_no_workflow_knows_a_secret_or_a_key(name: str) -> None:
    assert not re.search(r"secrets\.|secrets: *inherit|aws-access-key|AKIA", TEXTS[name])


@pytest.mark.parametrize("name", TEXTS)
def test_every_action_of_others_is_pinned_to_a_commit_and_says_its_version(name: str) -> None:
    used = [line.strip().removeprefix("- ") for line in TEXTS[name].splitlines() if "uses:" in line]
    assert [line for line in used if not line.startswith("uses: ./") and not PINNED.fullmatch(line)] == []


def test_one_action_is_used_in_one_version() -> None:
    used = {found for text in TEXTS.values() for found in re.findall(r"uses: ([\w.-]+/[\w./-]+)@([0-9a-f]+)", text)}
    assert len({name for name, _ in used}) == len(used)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_read_and_a_job_that_may_more_is_on_the_list(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    for workflow, job, content in jobs():
        given: Mapping[str, str] = content.get("permissions", {})
        more = {right for right, value in given.items() if value != "read"}
        assert more == GRANTED.get((workflow, job), set())


def test_no_job_keeps_the_token_of_the_checkout_or_runs_for_ever() -> None:
    assert all(step["with"]["persist-credentials"] is False for step in steps() if "checkout@" in step.get("uses", ""))
    assert all("timeout-minutes" in job for _, _, job in jobs() if "steps" in job)


def test_no_line_that_is_run_has_an_expression_in_it() -> None:
    assert [step["run"] for step in steps() if "${{" in step.get("run", "")] == []


def deployed() -> dict[str, Any]:
    """The jobs that bring a stage, by the stage."""
    jobs = WORKFLOWS["deploy.yml"]["jobs"]
    return {job["with"]["stage"]: job | {"name": name} for name, job in jobs.items() if "with" in job}


def test_every_stage_is_brought_in_the_order_of_the_stages_and_after_the_tests() -> None:
    names = [name for name in load() if name != LOCAL]
    assert list(deployed()) == names
    needed = [job["needs"] for job in deployed().values()]
    assert needed == ["test", *names[:-1]]
    assert all(job["uses"] == "./.github/workflows/stage.yml" for job in deployed().values())


def test_a_stage_is_looked_at_with_a_real_order_right_after_it_was_brought() -> None:
    job = WORKFLOWS["stage.yml"]["jobs"]["deploy"]
    ran = [step["run"] for step in job["steps"] if "run" in step]
    brought = ran.index('.venv/bin/emporium deploy --stage "$STAGE" $BREAKING')
    assert ran[brought + 1] == '.venv/bin/emporium smoke --stage "$STAGE"'
    assert job["environment"] == job["env"]["STAGE"] == "${{ inputs.stage }}"
    assert job["concurrency"] == {"group": "deploy-${{ inputs.stage }}", "cancel-in-progress": False}


def test_the_role_is_lent_only_after_everything_that_strangers_wrote_was_installed() -> None:
    steps = WORKFLOWS["stage.yml"]["jobs"]["deploy"]["steps"]
    told = [
        "configure-aws-credentials" in step.get("uses", "") or "setup PYTHON" in step.get("run", "") for step in steps
    ]
    setup, lent = (at for at, is_told in enumerate(told) if is_told)
    assert "run" in steps[setup]
    assert steps[lent]["with"]["role-to-assume"] == "${{ vars.DEPLOY_ROLE }}"


def test_the_oldest_python_and_the_one_that_is_deployed_are_tested() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    tested = WORKFLOWS["ci.yml"]["jobs"]["test"]["strategy"]["matrix"]["python"]
    [deploys] = (
        step["with"]["python-version"]
        for step in WORKFLOWS["stage.yml"]["jobs"]["deploy"]["steps"]
        if "setup-python@" in step.get("uses", "")
    )
    assert f">={tested[0]}" == project["requires-python"]
    assert deploys == tested[-1]
    assert deploys in PYTHONS


def test_the_lock_is_compiled_as_contributors_are_told() -> None:
    told = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert " ".join(COMPILE) in told


def test_the_pins_of_a_capability_follow_the_lock() -> None:
    lock = "msgspec==0.23.0 \\\n    --hash=sha256:0\npyjwt==3.0 ; python_version > '3' \\\n    --hash=sha256:0\n"
    assert repinned("# why\nmsgspec==0.22.0\npyjwt[crypto]==2.15.1\ngone==1.0\n", lock) == (
        "# why\nmsgspec==0.23.0\npyjwt[crypto]==3.0\ngone==1.0\n"
    )


def test_every_night_begins_at_seeds_of_its_own_and_tries_every_two_faults() -> None:
    ran = [step.get("run") for job in WORKFLOWS["soak.yml"]["jobs"].values() for step in job["steps"]]
    assert "make simulate SEEDS=50000 SEED_FROM=commit PYTHON=python" in ran
    assert ".venv/bin/python -m tests.simulation --depth 2" in ran


def test_the_pins_of_today_are_those_of_the_lock() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for path in Path(ROOT / "functions").glob("*/requirements.txt"):
        assert repinned(path.read_text(encoding="utf-8"), lock) == path.read_text(encoding="utf-8")
