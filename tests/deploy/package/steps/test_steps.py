"""Each step changes what it says, leaves alone what is not there, and can be left out."""

import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from infra.deploy.package.steps import STEPS, Step, bytecode, ca_bundle, init_phase, sdk, service_data, sources, stubs
from tests.deploy.package.steps.folders import a_folder, after, own_code

AN_APP = '"""Doors."""\n\nfrom chassis import aws\n\napp = aws.client("sqs")\n'
NEEDED = {"botocore", "dateutil", "jmespath", "six.py", "urllib3"}


def names(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.glob(pattern)}


def run(folder: Path, code: str) -> str:
    """Runs it with nothing but the folder to import from."""
    prelude = f"import sys; sys.dont_write_bytecode = True; sys.path.insert(0, {str(folder)!r})\n"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", prelude + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_step_has_a_name_of_its_own_and_no_source_changes_after_it_was_compiled() -> None:
    assert len({step.NAME for step in STEPS}) == len(STEPS)
    assert list(STEPS[-2:]) == [bytecode, sources]


@pytest.mark.parametrize("left_out", STEPS, ids=lambda step: step.NAME)
def test_what_is_packed_without_any_one_step_starts(left_out: Step, tmp_path: Path) -> None:
    folder = own_code("orders", tmp_path)
    after(folder, *(step for step in STEPS if step is not left_out))
    if left_out is sdk:
        assert not NEEDED & {path.name for path in folder.iterdir()}
    else:
        run(folder, "import botocore.session; botocore.session.get_session().create_client('sqs', 'us-east-1')")


def test_the_sdk_comes_with_all_that_it_needs_and_without_boto3(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": AN_APP}), sdk)
    packages = {path.name for path in tmp_path.iterdir() if not path.name.endswith(".dist-info")}
    assert packages == NEEDED | {"app.py"}
    assert names(tmp_path, "**/__pycache__") == set()


def test_the_data_is_that_of_the_services_asked_for_and_of_nothing_else(tmp_path: Path) -> None:
    data = after(a_folder(tmp_path, {"app.py": AN_APP}), sdk) / "botocore" / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == {"sqs"}
    after(tmp_path, service_data)
    assert {path.name for path in data.glob("sqs/*/*")} == {"service-2.json", "endpoint-rule-set-1.json"}
    assert '"documentation":"' not in "".join(path.read_text() for path in data.glob("sqs/*/*"))


def test_a_client_of_the_trimmed_data_asks_the_same_endpoint_in_every_partition(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": AN_APP}), sdk)
    code = """
import botocore.session
for region in ("us-east-1", "eu-central-1", "cn-north-1", "us-gov-west-1", "xx-newland-1"):
    client = botocore.session.get_session().create_client("sqs", region)
    print(client.meta.endpoint_url, sorted(client.meta.service_model.operation_names), client.meta.partition)
"""
    whole = run(tmp_path, code)
    assert run(after(tmp_path, service_data), code) == whole


def test_whatever_the_sdk_imports_of_a_stub_does_nothing(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": AN_APP}), sdk, stubs)
    code = "from botocore.docs.utils import New; print(New('a').told.of(1) is not None); import urllib3.connection"
    assert run(tmp_path, code) == "True\n"


def test_the_bundle_is_that_of_amazons_authorities_and_can_be_loaded(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": AN_APP}), sdk, ca_bundle)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(tmp_path / "botocore" / "cacert.pem")
    owners = [str(each["subject"]) for each in context.get_ca_certs()]
    assert len(owners) == 5
    assert all("Amazon" in owner or "Starfield Services" in owner for owner in owners)


def test_an_sdk_that_trusts_one_of_them_no_longer_is_not_packed(tmp_path: Path) -> None:
    a_folder(tmp_path, {"botocore/cacert.pem": ""})
    with pytest.raises(RuntimeError, match=r"no longer trusts Amazon Root CA 1,"):
        ca_bundle.apply(tmp_path)


def test_what_is_added_to_the_app_moves_no_line_of_it(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": AN_APP}), init_phase)
    first, *others = (tmp_path / "app.py").read_text().splitlines()
    assert first == f"import gc; gc.disable(); {AN_APP.splitlines()[0]}"
    assert others[: len(AN_APP.splitlines()) - 1] == AN_APP.splitlines()[1:]
    assert others[-1] == "cold_start.ready(app)"


def test_all_that_is_python_is_compiled_and_its_source_never_looked_at(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"app.py": "print('packed')", "chassis/a.py": ""}), bytecode)
    tag = sys.implementation.cache_tag
    assert names(tmp_path, "**/*.pyc") == {f"__pycache__/app.{tag}.pyc", f"chassis/__pycache__/a.{tag}.pyc"}
    (tmp_path / "app.py").write_text("print('changed')")
    assert run(tmp_path, "import app") == "packed\n"


def test_the_same_sources_are_compiled_to_the_same_bytes_wherever_they_lie(tmp_path: Path) -> None:
    compiled = []
    for name in ("one", "another"):
        folder = after(own_code("customers", tmp_path / name), bytecode)
        compiled.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.pyc")})
    assert compiled[0] == compiled[1] != {}
    assert not [path for path, content in compiled[0].items() if str(tmp_path).encode() in content]


def test_a_source_that_can_not_be_compiled_is_named(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)not everything could be compiled.*app\.py"):
        bytecode.apply(a_folder(tmp_path, {"app.py": "this is no Python"}))


def test_of_what_others_wrote_stays_what_is_compiled_and_of_ours_the_source_too(tmp_path: Path) -> None:
    code = {"app.py": "", "chassis/a.py": "", "six.py": "", "jmespath/__init__.py": "", "jmespath/ast.py": "told = 1"}
    after(a_folder(tmp_path, code), bytecode, sources)
    assert names(tmp_path, "**/*.py") == {"app.py", "chassis/a.py"}
    assert names(tmp_path, "jmespath/**/*.pyc") == {"jmespath/__init__.pyc", "jmespath/ast.pyc"}
    assert run(tmp_path, "import jmespath.ast, six; print(jmespath.ast.told)") == "1\n"


def test_a_source_that_nobody_compiled_stays(tmp_path: Path) -> None:
    after(a_folder(tmp_path, {"six.py": "told = 1"}), sources)
    assert run(tmp_path, "import six; print(six.told)") == "1\n"
