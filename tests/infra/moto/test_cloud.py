"""The seam: each kind of cloud by the same three questions."""

import subprocess
import time

import pytest

from infra.local import cloud
from infra.local.ministack import LOCK, settings
from tests.infra.moto.running import PATIENCE_SECONDS, ROOT


def test_the_embedded_cloud_is_a_child_that_answers_where_it_was_told_to() -> None:
    command = cloud.command("moto", 4566)
    assert command is not None
    assert command[1:] == ["-m", "infra.local.moto.server", "--port", "4566", "--tied"]
    assert cloud.endpoint("moto", 4566) == "http://127.0.0.1:4566"


def test_a_url_is_a_cloud_that_runs_already() -> None:
    assert cloud.command("http://somewhere:1/", 4566) is None
    assert cloud.endpoint("http://somewhere:1/", 4566) == "http://somewhere:1"


@pytest.mark.parametrize("question", [cloud.command, cloud.endpoint])
def test_an_unknown_cloud_is_refused_with_those_that_there_are(question: object) -> None:
    with pytest.raises(cloud.UnknownCloud, match="'nimbus': choose moto, ministack or the URL"):
        question("nimbus", 4566)  # type: ignore[operator]


def test_a_cloud_is_ready_once_it_speaks_dynamodb(endpoint: str) -> None:
    cloud.wait_until_ready(endpoint, time.monotonic() + PATIENCE_SECONDS)


def test_waiting_ends_at_the_deadline_and_says_what_is_wrong() -> None:
    with pytest.raises(cloud.NotReady, match=r"http://127\.0\.0\.1:9 is not ready: .*refused"):
        cloud.wait_until_ready("http://127.0.0.1:9", time.monotonic())


def test_the_lock_of_ministack_pins_everything_and_names_no_registry() -> None:
    text = LOCK.read_text()
    assert "--hash=sha256:" in text
    assert not any(word in text for word in ("://", "--index-url", "--extra-index-url", "--find-links"))


def test_the_tree_ignores_the_environment_of_ministack() -> None:
    ignored = subprocess.run(["git", "check-ignore", "-q", ".venv-ministack/x"], cwd=ROOT)
    assert ignored.returncode == 0


def test_ministack_answers_to_this_machine_only() -> None:
    assert settings(4567)["BIND_HOST"] == "127.0.0.1"
    assert settings(4567)["GATEWAY_PORT"] == "4567"
