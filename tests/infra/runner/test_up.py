"""`emporium up` for real: what becomes of the parts when one crashes, changes, breaks, or all have to go."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from infra.cli import main
from infra.local.clients import Clients
from infra.local.web.server import bind
from tests.infra.runner.calling import PATIENCE, assert_problem, call, eventually
from tests.infra.runner.running import Stack, command_line, is_running, up_arguments, write_apps


@pytest.fixture(scope="module")
def shared_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    stack = Stack(write_apps(tmp_path_factory.mktemp("stack")))
    yield stack.until_up()
    assert stack.end() == 0


@pytest.fixture
def stack(shared_stack: Stack) -> Stack:
    """One stack for many tests: each leaves it able to come up again."""
    eventually(lambda: shared_stack.get("/health").status == 200)
    return shared_stack


@pytest.fixture
def own_stack(tmp_path: Path) -> Iterator[Stack]:
    """A stack that the test may end itself."""
    stack = Stack(write_apps(tmp_path), "--no-reload", "--only", "alpha")
    yield stack
    stack.end(signal.SIGKILL)


def test_every_app_is_reached_by_the_front_door_and_by_its_own_port(stack: Stack) -> None:
    through = stack.get("/alpha").json()
    direct = call(stack.port("alpha"), "GET", "/alpha").json()
    assert through == direct
    assert through["greeting"] == "hello"


def test_health_tells_every_part(stack: Stack) -> None:
    answer = stack.get("/health")
    document = answer.json()
    assert (answer.status, document["state"]) == (200, "up")
    assert set(document["parts"]) == {"cloud", "front door", "alpha", "beta"}
    assert document["parts"]["alpha"]["url"] == stack.address("alpha")


def test_an_apps_own_health_tells_its_routes_and_sources(stack: Stack) -> None:
    told = call(stack.port("beta"), "GET", "/_local/health").json()
    assert (told["state"], told["routes"]) == ("up", ["beta"])
    assert list(told["sources"].values()) == ["up"]


def test_the_local_cloud_goes_before_what_an_app_is_configured_with(stack: Stack) -> None:
    assert stack.get("/beta").json()["endpoint"] == stack.address("cloud")


def test_a_message_in_a_queue_of_a_template_reaches_its_handler(stack: Stack) -> None:
    sqs = Clients(stack.address("cloud")).sqs
    sqs.send_message(QueueUrl=sqs.get_queue_url(QueueName="beta-inbox")["QueueUrl"], MessageBody="a parcel")
    stack.until_said("beta got a parcel")


def test_an_app_that_crashes_is_started_again_while_the_other_goes_on(stack: Stack) -> None:
    alpha, beta = stack.get("/alpha").json()["pid"], stack.get("/beta").json()["pid"]
    restarts = stack.part("alpha")["restarts"]
    assert_problem(stack.post("/alpha/crash"), 502, "/alpha/crash")
    assert stack.get("/beta").json()["pid"] == beta
    stack.until_said("alpha ended (exit status 7)")
    eventually(lambda: stack.get("/health").status == 200)
    assert stack.get("/alpha").json()["pid"] != alpha
    assert stack.part("alpha")["restarts"] == restarts + 1
    assert stack.get("/beta").json()["pid"] == beta


def test_a_change_of_code_restarts_its_app_alone_and_requests_under_way_are_finished(stack: Stack) -> None:
    version, beta = stack.get("/alpha").json()["version"], stack.get("/beta").json()["pid"]
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(stack.get, "/alpha/slow/tortoise")
        stack.until_said("tortoise has begun")
        stack.edit("alpha", f"VERSION = {version}", f"VERSION = {version + 1}")
        assert slow.result(PATIENCE).json() == {"version": version}
    eventually(lambda: stack.part("alpha")["state"] == "up" and stack.get("/alpha").status == 200)
    assert eventually(lambda: stack.get("/alpha").json().get("version") == version + 1)
    assert stack.get("/beta").json()["pid"] == beta


def test_broken_code_is_shown_and_its_mending_brings_the_app_back(stack: Stack) -> None:
    said = len(stack.lines)
    stack.edit("alpha", "VERSION =", "VERSION +-/")
    stack.until_said("alpha can not be loaded", said)
    assert any("SyntaxError" in line for line in stack.lines[said:])
    answer = stack.get("/alpha")
    assert_problem(answer, 503, "/alpha")
    assert answer.headers["retry-after"] == "1"
    assert (stack.get("/health").status, stack.part("alpha")["state"]) == (503, "broken")
    stack.edit("alpha", "VERSION +-/", "VERSION =")
    eventually(lambda: stack.get("/health").status == 200)
    assert stack.get("/alpha").status == 200
    assert sum("can not be loaded" in line for line in stack.lines[said:]) == 1


def test_ctrl_c_finishes_requests_under_way_and_leaves_no_process(own_stack: Stack) -> None:
    children = own_stack.until_up().children()
    assert len(children) == 2
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(own_stack.get, "/alpha/slow/tortoise")
        own_stack.until_said("tortoise has begun")
        assert own_stack.end(signal.SIGINT) == 0
        assert slow.result(PATIENCE).json() == {"version": 1}
    assert not any(map(is_running, children))


@pytest.mark.skipif(sys.platform != "linux", reason="needs a signal for one thread of another process")
def test_a_signal_is_heard_whichever_thread_it_comes_to(own_stack: Stack) -> None:
    """As the second of two that come together may: it interrupts nothing that the main thread waits for."""
    process = own_stack.until_up().process
    other = max(int(thread) for thread in os.listdir(f"/proc/{process.pid}/task"))
    assert other != process.pid
    assert ctypes.CDLL(None).tgkill(process.pid, other, signal.SIGTERM) == 0
    assert process.wait(PATIENCE) == 0


def test_ctrl_c_during_the_start_leaves_no_process(own_stack: Stack) -> None:
    children = eventually(lambda: own_stack.children() if len(own_stack.children()) == 2 else [])
    assert own_stack.end(signal.SIGINT) == 0
    assert not any(map(is_running, children))
    assert not any("emporium is up" in line for line in own_stack.lines)


def test_a_supervisor_that_is_killed_leaves_no_process(own_stack: Stack) -> None:
    children = own_stack.until_up().children()
    assert len(children) == 2
    assert own_stack.end(signal.SIGKILL) == -signal.SIGKILL
    eventually(lambda: not any(map(is_running, children)))


def test_without_its_cloud_the_stack_ends_and_says_why(own_stack: Stack) -> None:
    children = own_stack.until_up().children()
    cloud = next(pid for pid in children if "infra.local.moto" in command_line(pid))
    os.kill(cloud, signal.SIGKILL)
    assert own_stack.process.wait(PATIENCE) == 1
    own_stack.until_said("emporium: the cloud ended (signal 9), and what it held is gone")
    assert not any(map(is_running, children))


def test_an_app_that_can_not_be_loaded_ends_a_start_that_nothing_could_mend(tmp_path: Path) -> None:
    folder = write_apps(tmp_path)
    (folder / "apps" / "beta" / "app.py").write_text("import nothing_of_that_name\n")
    stack = Stack(folder, "--no-reload")
    assert stack.process.wait(PATIENCE) == 1
    stack.until_said("No module named 'nothing_of_that_name'")
    stack.until_said("emporium: beta can not be loaded")
    stack.end()


_FILLING = """
import os, sys
from pathlib import Path
from infra.local.apps import discover
from infra.local.cloud import command, endpoint
from infra.local.plan import Cloud, make_plan
from infra.local.ports import free_port
from infra.local.supervisor import Supervisor
from infra.local.web.server import bind
from tests.infra.runner.calling import call

def fill(url):
    raise ValueError(call(int(url.rpartition(":")[2]), "GET", "/alpha").json()["greeting"])

port, folder = free_port(), Path(sys.argv[1])
cloud = Cloud("moto", endpoint("moto", port), tuple(command("moto", port) or ()), port)
apps = discover(folder, 0, frozenset(["alpha"]))
plan = make_plan(
    cloud=cloud, apps=apps, templates=[], checkpoints=folder, inherited=os.environ, reload=False
)
sys.exit(Supervisor(plan, bind(0), fill).run())
"""


def test_what_is_to_be_done_when_all_is_up_reaches_the_apps_and_ends_the_run_where_it_fails(
    tmp_path: Path,
) -> None:
    folder = write_apps(tmp_path) / "apps"
    run = [sys.executable, "-c", _FILLING, str(folder)]
    ended = subprocess.run(run, capture_output=True, text=True, timeout=PATIENCE)
    assert ended.returncode == 1
    assert "emporium: ValueError: hello\n" in ended.stdout
    assert "emporium is up" not in ended.stdout


@pytest.mark.parametrize(
    ("flag", "part"), [("--port", "front door"), ("--cloud-port", "cloud")], ids=["front", "cloud"]
)
def test_a_taken_port_is_told_in_one_line_before_anything_is_started(tmp_path: Path, flag: str, part: str) -> None:
    with bind(0) as taken:
        taken.listen()
        port = taken.getsockname()[1]
        ports = {"--port": "0", "--cloud-port": "0"} | {flag: str(port)}
        flags = [text for pair in ports.items() for text in pair]
        ended = _invoke(tmp_path, flags)
    line = f"port {port} is taken ({part}); stop what runs there or choose another with {flag}\n"
    assert (ended.exit_code, ended.stdout, ended.stderr) == (2, "", f"emporium: {line}")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--only", "alpha,gamma"], "--only: there is no app gamma; there are: alpha, beta"),
        (["--cloud", "azure"], "--cloud: there is no cloud 'azure'"),
        (["--port", "70000"], "'--port': 70000 is not in the range"),
        (["--port", "65534"], "--port: 65534 leaves no room for the apps' ports above it"),
        (["--apps", "/nowhere"], "'--apps': Directory '/nowhere' does not exist"),
        (["--cloud", "http://"], "--cloud: 'http://' names no host"),
    ],
)
def test_a_bad_value_is_told_with_its_flag(tmp_path: Path, flags: list[str], told: str) -> None:
    ended = _invoke(tmp_path, flags)
    assert ended.exit_code == 2
    assert told in ended.stderr


def _invoke(folder: Path, flags: list[str]) -> Result:
    return CliRunner().invoke(main, up_arguments(write_apps(folder), *flags))
