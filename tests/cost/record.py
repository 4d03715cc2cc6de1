"""Measures anew what infra/cost/counts.json has, and writes it there, and what comes of it into docs/cost.md.

python -m tests.cost.record
"""

import io
import os
from contextlib import redirect_stdout

from infra.apps_in_process import load_apps
from infra.cost.counts import FILE, written


def main() -> None:
    load_apps()  # first: the capabilities are on the path from then on
    from moto import mock_aws

    import tests.conftest  # noqa: F401  # an AWS that is this process's own
    from infra.local.moto.hardening import harden
    from tests.cost.measured import measured
    from tests.cost.page import PAGE, renewed

    harden()
    with mock_aws(config={"core": {"reset_boto3_session": False}}), redirect_stdout(io.StringIO()):
        found = measured(os.environ.__setitem__)
    FILE.write_text(written(found), encoding="utf-8")
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{FILE} and {PAGE} written")


if __name__ == "__main__":
    main()
