"""Which services are packed stands in the code alone, where it calls them."""

from pathlib import Path

import pytest

from infra.deploy.package.steps.services import ServiceNotNamed, asked_for
from tests.deploy.package.steps.folders import a_folder, own_code


@pytest.mark.parametrize(
    ("capability", "services"),
    [
        ("customers", {"cognito-idp", "dynamodb", "sns", "sqs"}),
        ("orders", {"dynamodb", "sns", "sqs"}),
        ("products", {"dynamodb", "sns", "sqs"}),
    ],
)
def test_a_capability_asks_for_the_services_that_its_code_calls(
    capability: str, services: set[str], tmp_path: Path
) -> None:
    assert asked_for(own_code(capability, tmp_path)) == services


def test_an_import_within_a_function_is_followed_and_what_nobody_imports_is_not(tmp_path: Path) -> None:
    folder = a_folder(
        tmp_path,
        {
            "app.py": "def f():\n    from chassis import near",
            "chassis/near.py": "from chassis import aws\naws.client('sqs')",
            "chassis/far.py": "from chassis import aws\naws.client('sns')",
            "chassis/__init__.py": "",
        },
    )
    assert asked_for(folder) == {"sqs"}


def test_a_service_whose_name_is_worked_out_is_refused_with_its_place(tmp_path: Path) -> None:
    with pytest.raises(ServiceNotNamed, match=r"app.py:2: name the service in the call itself"):
        asked_for(a_folder(tmp_path, {"app.py": "from chassis import aws\naws.client(f'{1}')"}))
