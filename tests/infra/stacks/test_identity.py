"""The identity template, applied to a cloud and applied again: who may open an account, and how tokens are got."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.clients import Clients
from infra.local.stacks import TemplateError, apply
from tests.infra.stacks.project import IDENTITY, STAGE, a_template

POLICY = """
  Policies: {PasswordPolicy: {
    MinimumLength: 20, RequireLowercase: false, RequireNumbers: false, RequireSymbols: false, RequireUppercase: false
  }}"""


def pool(more: str = "", client: str = "", group: str = "") -> str:
    return f"""
        Resources:
          It:
            Type: AWS::Cognito::UserPool
            Properties: {{UserPoolName: p{more}}}
          Client:
            Type: AWS::Cognito::UserPoolClient
            Properties: {{ClientName: c, UserPoolId: !Ref It{client}}}
          Group:
            Type: AWS::Cognito::UserPoolGroup
            Properties: {{GroupName: g, UserPoolId: !Ref It{group}}}
        Outputs:
          It: {{Value: !Ref It, Export: {{Name: it}}}}
          Client: {{Value: !Ref Client, Export: {{Name: client}}}}
        """


def described(clients: Clients, id: str) -> dict[str, Any]:
    return {**clients.cognito.describe_user_pool(UserPoolId=id)["UserPool"]}


@pytest.fixture
def asked(clients: Clients) -> Iterator[list[str]]:
    """The names of all calls to Cognito from here on."""
    calls: list[str] = []
    events = clients.cognito.meta.events

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    events.register("before-call.cognito-identity-provider", note)
    yield calls
    events.unregister("before-call.cognito-identity-provider", note)


def test_only_the_shop_opens_accounts_and_only_the_shop_takes_passwords(clients: Clients) -> None:
    exports = apply([IDENTITY], STAGE, clients)
    id, client_id = exports["emporium-local-identity-pool-id"], exports["emporium-local-identity-client-id"]
    made = described(clients, id)
    client = clients.cognito.describe_user_pool_client(UserPoolId=id, ClientId=client_id)["UserPoolClient"]
    assert made["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert made["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "admin_only", "Priority": 1}]
    assert client["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    assert client["PreventUserExistenceErrors"] == "ENABLED"
    assert "ClientSecret" not in client


def test_whoever_bears_a_token_can_not_change_the_email_of_the_account_behind_our_back(clients: Clients) -> None:
    exports = apply([IDENTITY], STAGE, clients)
    id, client_id = exports["emporium-local-identity-pool-id"], exports["emporium-local-identity-client-id"]
    client = clients.cognito.describe_user_pool_client(UserPoolId=id, ClientId=client_id)["UserPoolClient"]
    assert client["WriteAttributes"] == ["locale"]  # what is not set at all is every standard attribute


def test_what_a_client_may_write_follows_its_template(tmp_path: Path, clients: Clients) -> None:
    def found(client: str) -> list[str] | None:
        exports = apply([a_template(tmp_path, pool(client=client))], {}, clients)
        ids = {"UserPoolId": exports["it"], "ClientId": exports["client"]}
        settings = clients.cognito.describe_user_pool_client(**ids)["UserPoolClient"]
        return settings.get("WriteAttributes")

    assert found("") is None
    assert found(", WriteAttributes: [locale]") == ["locale"]
    assert found(", WriteAttributes: [nickname]") == ["nickname"]


def test_an_account_is_named_by_its_email_and_has_a_strong_password(clients: Clients) -> None:
    made = described(clients, apply([IDENTITY], STAGE, clients)["emporium-local-identity-pool-id"])
    policy = made["Policies"]["PasswordPolicy"]
    assert made["UsernameAttributes"] == ["email"]
    assert made["UsernameConfiguration"] == {"CaseSensitive": False}
    assert policy["MinimumLength"] == 12
    required = {name for name in ("Lowercase", "Numbers", "Symbols", "Uppercase") if policy[f"Require{name}"]}
    assert required == {"Lowercase", "Numbers", "Uppercase"}


def test_an_access_token_lives_for_minutes_and_can_be_revoked(clients: Clients) -> None:
    exports = apply([IDENTITY], STAGE, clients)
    ids = {
        "UserPoolId": exports["emporium-local-identity-pool-id"],
        "ClientId": exports["emporium-local-identity-client-id"],
    }
    client = clients.cognito.describe_user_pool_client(**ids)["UserPoolClient"]
    assert (client["AccessTokenValidity"], client["TokenValidityUnits"]["AccessToken"]) == (15, "minutes")
    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (30, "days")
    assert client["EnableTokenRevocation"] is True


def test_the_roles_of_staff_and_of_services_are_groups(clients: Clients) -> None:
    id = apply([IDENTITY], STAGE, clients)["emporium-local-identity-pool-id"]
    groups = clients.cognito.list_groups(UserPoolId=id)["Groups"]
    assert sorted(group["GroupName"] for group in groups) == ["service", "staff"]


def test_the_exports_name_the_issuer_and_where_its_keys_are(clients: Clients) -> None:
    exports = apply([IDENTITY], STAGE, clients)
    id, issuer = exports["emporium-local-identity-pool-id"], exports["emporium-local-identity-issuer"]
    assert issuer == f"https://cognito-idp.us-east-1.amazonaws.com/{id}"
    assert exports["emporium-local-identity-jwks-url"] == f"{issuer}/.well-known/jwks.json"
    assert exports["emporium-local-identity-pool-arn"] == described(clients, id)["Arn"]


def test_only_where_a_stage_says_so_are_the_accounts_protected_from_deletion(clients: Clients) -> None:
    for stage, given, protection in (
        ("plain", {}, "INACTIVE"),
        ("kept", {"Protected": "true"}, "ACTIVE"),
        ("loose", {"Protected": "false"}, "INACTIVE"),
    ):
        id = apply([IDENTITY], {"Stage": stage} | given, clients)[f"emporium-{stage}-identity-pool-id"]
        assert described(clients, id)["DeletionProtection"] == protection


def test_applying_again_asks_and_changes_nothing(clients: Clients, asked: list[str]) -> None:
    first = apply([IDENTITY], STAGE, clients)
    asked.clear()
    assert apply([IDENTITY], STAGE, clients) == first
    assert asked
    assert {call for call in asked if not call.startswith(("List", "Describe", "Get"))} == set()


def test_a_pool_of_which_little_is_said_is_applied_again_without_a_change(
    tmp_path: Path, clients: Clients, asked: list[str]
) -> None:
    template = a_template(tmp_path, pool())
    first = apply([template], {}, clients)
    asked.clear()
    assert apply([template], {}, clients) == first
    assert {call for call in asked if not call.startswith(("List", "Describe", "Get"))} == set()


def test_accounts_follow_their_template_and_fall_back_to_the_default_of_what_it_leaves_out(
    tmp_path: Path, clients: Clients
) -> None:
    def found(more: str, client: str, group: str) -> tuple[Any, ...]:
        exports = apply([a_template(tmp_path, pool(more, client, group))], {}, clients)
        id = exports["it"]
        settings = clients.cognito.describe_user_pool_client(UserPoolId=id, ClientId=exports["client"])
        return (
            described(clients, id)["Policies"]["PasswordPolicy"]["MinimumLength"],
            described(clients, id)["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"],
            settings["UserPoolClient"]["AccessTokenValidity"],
            clients.cognito.get_group(UserPoolId=id, GroupName="g")["Group"]["Description"],
        )

    closed = ", AdminCreateUserConfig: {AllowAdminCreateUserOnly: true}," + POLICY
    plain = found("", "", "")
    assert found(closed, ", AccessTokenValidity: 5", ", Description: some") == (20, True, 5, "some")
    assert found("", "", "") == plain == (8, False, 1, "")


@pytest.mark.parametrize("property", ["UsernameAttributes: [email]", "UsernameConfiguration: {CaseSensitive: false}"])
def test_what_an_account_is_named_by_can_not_be_changed(tmp_path: Path, clients: Clients, property: str) -> None:
    name = property.partition(":")[0]
    apply([a_template(tmp_path, pool())], {}, clients)
    with pytest.raises(TemplateError, match=rf"Resources\.It .*: the {name} of a user pool can not be changed"):
        apply([a_template(tmp_path, pool(", " + property))], {}, clients)


def test_a_name_that_two_pools_have_is_refused(tmp_path: Path, clients: Clients) -> None:
    for _ in range(2):
        clients.cognito.create_user_pool(PoolName="p")
    with pytest.raises(TemplateError, match="2 user pools have the name p"):
        apply([a_template(tmp_path, pool())], {}, clients)


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        (pool(", LambdaConfig: {PreSignUp: a}"), "It.Properties.LambdaConfig: this property is not understood"),
        (pool(", Policies: {SignInPolicy: {}}"), "It.Properties.Policies.SignInPolicy: this property is not"),
        (pool(", DeletionProtection: 'on'"), "It.Properties.DeletionProtection: 'on' is not understood"),
        (pool(client=", GenerateSecret: true"), "Client.Properties.GenerateSecret: this property is not understood"),
        (pool(group=", RoleArn: a"), "Group.Properties.RoleArn: this property is not understood"),
    ],
)
def test_what_is_not_understood_of_accounts_is_refused_before_anything_is_made(
    tmp_path: Path, clients: Clients, template: str, fault: str
) -> None:
    with pytest.raises(TemplateError, match=rf"^a\.yaml: Resources\.{fault}"):
        apply([a_template(tmp_path, template)], {}, clients)
    assert clients.cognito.list_user_pools(MaxResults=60)["UserPools"] == []


def test_the_cloud_refuses_a_password_that_is_too_short(clients: Clients) -> None:
    id = apply([IDENTITY], STAGE, clients)["emporium-local-identity-pool-id"]
    clients.cognito.admin_create_user(UserPoolId=id, Username="ada@example.com", MessageAction="SUPPRESS")
    ada = {"UserPoolId": id, "Username": "ada@example.com"}
    with pytest.raises(ClientError, match="InvalidPasswordException"):
        clients.cognito.admin_set_user_password(**ada, Password="Tea4two", Permanent=True)
    clients.cognito.admin_set_user_password(**ada, Password="Tea4two and more", Permanent=True)
