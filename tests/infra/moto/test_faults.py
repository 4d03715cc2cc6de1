"""The faults of moto that are mended here, and whether moto still has them: if not, the mend can go."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.moto.faults import QUESTIONS

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def bare() -> dict[str, bool]:
    """What moto has, as it comes, in a process where nothing mends it."""
    asking = [sys.executable, "-m", "tests.infra.moto.faults"]
    result = subprocess.run(asking, cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True)
    assert result.returncode == 0, result.stderr.decode()
    answers: dict[str, bool] = json.loads(result.stdout)
    return answers


@pytest.mark.parametrize("fault", QUESTIONS)
def test_the_embedded_cloud_does_not_have_the_fault(fault: str, cloud: None) -> None:
    assert not QUESTIONS[fault]()


@pytest.mark.parametrize("fault", QUESTIONS)
def test_bare_moto_still_has_the_fault(fault: str, bare: dict[str, bool]) -> None:
    assert bare[fault], "mended upstream: take our mend away"
