"""A secret of a template, made in a cloud, and a variable that speaks of it."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.clients import Clients
from infra.local.stacks import Overlay, TemplateError, apply, with_secrets
from tests.infra.stacks.project import a_template

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:seal"


def a_secret(more: str = "") -> str:
    return f"""
        Resources:
          It:
            Type: AWS::SecretsManager::Secret
            Properties: {{Name: seal, GenerateSecretString: {{PasswordLength: 64}}{more}}}
        Outputs:
          It: {{Value: !Ref It, Export: {{Name: it}}}}
        """


def made(directory: Path, clients: Clients, more: str = "") -> Any:
    return clients.secrets.describe_secret(SecretId=apply([a_template(directory, a_secret(more))], {}, clients)["it"])


def test_a_variable_that_speaks_of_a_secret_gets_its_text(tmp_path: Path, clients: Clients) -> None:
    arn = apply([a_template(tmp_path, a_secret())], {}, clients)["it"]
    told = Overlay({"SEAL": f"{{{{resolve:secretsmanager:{arn}}}}}", "OTHER": "{{plain}}"}, {})
    assert with_secrets(told, clients).environment == {"SEAL": "seal", "OTHER": "{{plain}}"}


@pytest.mark.parametrize(
    "reference", ["ssm:seal", "ssm-secure:seal:1", "secretsmanager:seal", f"secretsmanager:{ARN}:a"]
)
def test_a_reference_that_is_not_to_a_whole_secret_is_refused_by_name(reference: str, clients: Clients) -> None:
    with pytest.raises(TemplateError, match=f"SEAL: the reference to {reference} is not understood"):
        with_secrets(Overlay({"SEAL": f"{{{{resolve:{reference}}}}}"}, {}), clients)


def test_a_secret_that_is_applied_again_keeps_its_text_and_follows_its_template(
    tmp_path: Path, clients: Clients
) -> None:
    first = made(tmp_path, clients)
    clients.secrets.put_secret_value(SecretId="seal", SecretString="another")
    again = made(tmp_path, clients, ", Description: some, KmsKeyId: key")
    assert (again["ARN"], again["Description"], again["KmsKeyId"]) == (first["ARN"], "some", "key")
    assert clients.secrets.get_secret_value(SecretId="seal")["SecretString"] == "another"


def test_what_is_not_understood_of_a_secret_is_refused(tmp_path: Path, clients: Clients) -> None:
    with pytest.raises(TemplateError, match=r"It\.Properties\.SecretString: this property is not understood"):
        made(tmp_path, clients, ", SecretString: open")
