"""The smoke test against the running shop, as it is run against every stage."""

import json
import os
import subprocess
import sys

from tests.deploy.ministack import running
from tests.infra.moto.running import client
from tests.own_environments import PATIENT
from tests.system.conftest import Client

SMOKE = [sys.executable, "-m", "infra.cli", "smoke"]


def test_a_shop_that_runs_is_found_working_and_is_as_before(shop: Client) -> None:
    soap = shop.product("soap", 3)
    url = shop.stack.address("front door")
    run = subprocess.run([*SMOKE, "--url", url, "--sku", soap], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert "10 steps in " in run.stdout
    assert shop.stock(soap) == (3, 0, 3)


def test_each_capability_may_answer_at_an_address_of_its_own(shop: Client) -> None:
    salt = shop.product("salt", 3)
    urls = [f"--url={name}={shop.stack.address(name)}" for name in ("customers", "orders", "products")]
    run = subprocess.run([*SMOKE, *urls, "--sku", salt], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def test_a_shop_that_does_not_work_is_told_by_status_and_one_line(shop: Client) -> None:
    url = shop.stack.address("front door")
    run = subprocess.run([*SMOKE, "--url", url, "--sku", "nothing"], capture_output=True, text=True)
    assert run.returncode == 1
    [line] = run.stderr.splitlines()
    assert line.startswith("emporium smoke: failed at step 4 of 10, find a product: GET /products/nothing/stock was")
    assert "(request " in line


@PATIENT
def test_a_stage_is_found_where_its_stacks_say_that_it_answers(shop: Client) -> None:
    rice = shop.product("rice", 3)
    template = {
        "Resources": {"Nothing": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {"Url": {"Value": shop.stack.address("front door")}},
    }
    with running() as engine:
        cloudformation = client(engine, "cloudformation")
        cloudformation.create_stack(StackName="emporium-dev-edge", TemplateBody=json.dumps(template))
        made = cloudformation.get_waiter("stack_create_complete")
        made.wait(StackName="emporium-dev-edge", WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
        run = subprocess.run(
            [*SMOKE, "--stage", "dev", "--sku", rice],
            env=os.environ | {"AWS_ENDPOINT_URL": engine},
            capture_output=True,
            text=True,
        )
    assert (run.returncode, run.stderr) == (0, "")
