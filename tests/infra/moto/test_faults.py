"""The faults of moto that are mended here, and whether moto still has them: if not, the mend can go."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.infra.moto.account_faults import QUESTIONS
from tests.infra.moto.transcript import transcript

ROOT = Path(__file__).resolve().parents[3]


def bare(question: str) -> Any:
    """What moto says as it comes, in a process where nothing mends it."""
    asking = [sys.executable, "-m", "tests.infra.moto.bare", question]
    result = subprocess.run(asking, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


@pytest.mark.parametrize("fault", QUESTIONS)
def test_the_embedded_cloud_does_not_have_the_fault(fault: str, cloud: None) -> None:
    assert not QUESTIONS[fault]()


def test_bare_moto_still_has_every_fault() -> None:
    mended_upstream = [name for name, is_there in bare("faults").items() if not is_there]
    assert mended_upstream == [], "their mends can be taken away"


def test_in_all_else_the_embedded_cloud_answers_as_moto_does(cloud: None) -> None:
    ours, theirs = transcript(), bare("transcript")
    assert [name for name, _ in ours] == [name for name, _ in theirs]
    for number, (our_answer, their_answer) in enumerate(zip(ours, theirs, strict=True)):
        assert our_answer == their_answer, f"answer {number}"
