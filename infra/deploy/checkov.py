"""Asks checkov for what is insecure in templates; it runs in an environment of its own, since it pins another boto3.

The environment is made from checkov.lock. What is left as it is stands in checkov.toml, or in a resource's Metadata.
"""

import json
import subprocess
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.own_environment import prepared

LOCK = Path(__file__).with_name("checkov.lock")
EXCEPTIONS = Path(__file__).with_name("checkov.toml")
ENVIRONMENT = Path(__file__).resolve().parents[2] / ".venv-checkov"


@dataclass(frozen=True, order=True)
class Finding:
    """A check that failed, for one resource of one file."""

    check: str
    file: str
    resource: str
    meaning: str


class NotChecked(RuntimeError):
    """checkov could not read a template, or did not answer; the message says which, or what it said."""


def exceptions() -> Mapping[str, str]:
    """The checks that are let pass everywhere, with why."""
    reasons: dict[str, str] = tomllib.loads(EXCEPTIONS.read_text(encoding="utf-8"))["exceptions"]
    return reasons


def findings(folder: Path) -> list[Finding]:
    """All that checkov finds in the folder's templates, the general exceptions too; raises NotChecked.

    A resource may set a check aside in its Metadata: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
    """
    python = prepared(ENVIRONMENT, LOCK)
    command = [str(python.with_name("checkov")), "--framework", "cloudformation", "--directory", str(folder)]
    command += ["--output", "json", "--quiet", "--soft-fail", "--skip-download"]  # nothing is asked of anybody
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, cwd=folder)
    try:
        reports = _listed(json.loads(done.stdout))
    except ValueError:
        raise NotChecked(done.stderr.strip() or f"checkov ended with {done.returncode}") from None
    for report in reports:
        if report["summary"]["parsing_errors"]:
            raise NotChecked(f"checkov can not read: {report['results'].get('parsing_errors')}")
    return sorted(_finding(each) for report in reports for each in report["results"]["failed_checks"])


def _finding(failed: Mapping[str, Any]) -> Finding:
    return Finding(failed["check_id"], failed["file_path"].lstrip("/"), failed["resource"], failed["check_name"])


def _listed(report: Any) -> list[dict[str, Any]]:
    """One report stands alone, and none is a summary of nothing."""
    reports = report if isinstance(report, list) else [report]
    return [each for each in reports if "results" in each]
