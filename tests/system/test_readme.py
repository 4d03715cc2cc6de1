"""What the README shows is what happens."""

import re
import subprocess

from infra.apps_in_process import ROOT
from tests.system.conftest import Client


def test_the_session_of_the_readme_ends_with_a_confirmed_order(shop: Client) -> None:
    plum = shop.product("plum", 10)
    shop.outcome(shop.order(shop.customer("ian"), plum))  # orders has heard of the product
    [session] = re.findall(r"```sh\n(shop=.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    here = session.replace("http://127.0.0.1:8000", shop.stack.address("front door")).replace("1082185", plum)
    # a loaded machine gets longer than a reader needs
    said = subprocess.run(["sh", "-ec", here.replace("sleep 1", "sleep 5")], capture_output=True, text=True)
    assert '"status":"confirmed"' in said.stdout, said
    assert '"reserved":3' in said.stdout
