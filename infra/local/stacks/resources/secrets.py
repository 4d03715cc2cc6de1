"""Secrets, which in a local cloud keep nothing from anybody: each is its own name.

So `chalice local`, which reads `.chalice/config.json` alone, has the same ones as the running apps.
"""

from infra.local.clients import Clients
from infra.local.stacks.resources.kind import Attributes, Kind, Properties


def _ensure(clients: Clients, wanted: Properties) -> Attributes:
    name = wanted["Name"]
    settings = {setting: wanted[setting] for setting in ("Description", "KmsKeyId") if setting in wanted}
    try:
        arn = clients.secrets.create_secret(Name=name, SecretString=name, **settings)["ARN"]
    except clients.secrets.exceptions.ResourceExistsException:
        current = clients.secrets.describe_secret(SecretId=name)
        arn = current["ARN"]
        if any(current.get(setting) != value for setting, value in settings.items()):
            clients.secrets.update_secret(SecretId=name, **settings)
    return {"Ref": arn, "Id": arn}


SECRET = Kind(
    shape={
        "Name": None,
        "Description": None,
        "KmsKeyId": None,
        "GenerateSecretString": {"PasswordLength": None, "ExcludePunctuation": None},
    },
    required=("Name", "GenerateSecretString"),
    attributes=("Id",),
    ensure=_ensure,
)
