"""The faults of moto that are mended here, and whether moto still has them: if not, the mend can go."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.moto.faults import QUESTIONS
from tests.infra.moto.transcript import transcript

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bare() -> dict[str, Any]:
    """What moto says as it comes, in a process where nothing mends it."""
    asking = [sys.executable, "-m", "tests.infra.moto.bare"]
    result = subprocess.run(asking, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    answers: dict[str, Any] = json.loads(result.stdout)
    return answers


@pytest.mark.parametrize("fault", QUESTIONS)
def test_the_embedded_cloud_does_not_have_the_fault(fault: str, cloud: None) -> None:
    assert not QUESTIONS[fault]()


@pytest.mark.parametrize("fault", QUESTIONS)
def test_bare_moto_still_has_the_fault(fault: str, bare: dict[str, Any]) -> None:
    assert bare["faults"][fault], "mended upstream: take our mend away"


def test_in_all_else_the_embedded_cloud_answers_as_moto_does(bare: dict[str, Any], cloud: None) -> None:
    ours = transcript()
    assert [line[0] for line in ours] == [line[0] for line in bare["transcript"]]
    for number, (mine, theirs) in enumerate(zip(ours, bare["transcript"], strict=True)):
        assert mine == theirs, f"answer {number}"
