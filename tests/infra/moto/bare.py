"""Moto as it comes: `python -m tests.infra.moto.bare faults` (or `transcript`) prints its answers as JSON."""

import json
import sys

from moto import mock_aws

from tests.infra.moto.account_faults import QUESTIONS
from tests.infra.moto.faults import Question
from tests.infra.moto.transcript import transcript


def ask(question: Question) -> bool:
    """Of an empty cloud; again while the answer is no, for a race does not show each time."""
    for _ in range(20):
        with mock_aws(config={"core": {"reset_boto3_session": False}}):
            if question():
                return True
    return False


if __name__ == "__main__":
    if sys.argv[1] == "faults":
        json.dump({name: ask(question) for name, question in QUESTIONS.items()}, sys.stdout)
    else:
        with mock_aws():
            json.dump(transcript(), sys.stdout)
