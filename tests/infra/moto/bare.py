"""Moto as it comes, asked everything in one process: `python -m tests.infra.moto.bare` prints the answers as JSON."""

import json
import sys

from moto import mock_aws

from tests.infra.moto.faults import QUESTIONS, Question
from tests.infra.moto.transcript import transcript


def ask(question: Question) -> bool:
    """Of an empty cloud; again while the answer is no, for a race does not show each time."""
    for _ in range(5):
        with mock_aws(config={"core": {"reset_boto3_session": False}}):
            if question():
                return True
    return False


if __name__ == "__main__":
    faults = {name: ask(question) for name, question in QUESTIONS.items()}
    with mock_aws():
        json.dump({"faults": faults, "transcript": transcript()}, sys.stdout)
