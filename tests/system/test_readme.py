"""What the README shows is what happens."""

import re
import subprocess
import sys

from infra.apps_in_process import ROOT
from tests.system.conftest import Client


def test_the_session_of_the_readme_ends_with_a_confirmed_order_that_staff_sees_too(shop: Client) -> None:
    plum, url = shop.product("plum", 10), shop.stack.address("front door")
    shop.outcome(shop.order(shop.customer("ian"), plum))  # orders has heard of the product
    session = "\n".join(re.findall(r"```sh\n((?:shop=|curl ).*?)```", (ROOT / "README.md").read_text(), re.DOTALL))
    here = {
        "http://127.0.0.1:8000": url,
        "1082185": plum,
        "sleep 1": "sleep 5",  # a loaded machine gets longer than a reader needs
        ".venv/bin/emporium token": f"{sys.executable} -m infra.cli token --url {url}",
    }
    for shown, run in here.items():
        assert shown in session
        session = session.replace(shown, run)
    said = subprocess.run(["sh", "-ec", session], capture_output=True, text=True)
    assert said.stdout.count('"status":"confirmed"') == 2, said
    assert '"reserved":3' in said.stdout
