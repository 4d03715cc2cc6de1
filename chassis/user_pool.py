"""Accounts in an Amazon Cognito user pool. Its client takes no password but from here, so no limit can be gone round.

https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow.html
"""

import base64
import re
from collections.abc import Callable
from typing import Any

import msgspec
from botocore.exceptions import ClientError
from msgspec import Struct

from chassis import aws
from chassis.refusals import Flaw, Invalid

# What Cognito says of a wrong password, and of an account that is not there or not open; nobody is told which.
_NO = {
    "InvalidParameterException",
    "NotAuthorizedException",
    "PasswordResetRequiredException",
    "UserNotConfirmedException",
    "UserNotFoundException",
}
# As the policy in infra/templates/identity.yaml, and without white space, which Cognito takes in no password.
_STRONG = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])\S{12,256}")


class AccountNotAccepted(Invalid):
    """The provider takes no such email, or no such password, whatever its policy."""

    def __init__(self) -> None:
        detail = "No account can have this email with this password."
        super().__init__(detail, Flaw("#/email", detail), Flaw("#/password", detail))


class PasswordNotAccepted(Invalid):
    """The provider's policy wants another one."""

    def __init__(self) -> None:
        detail = "Choose 12 signs or more, with lower and upper case letters and digits, and no spaces."
        super().__init__(detail, Flaw("#/password", detail))


def refuse_weak(password: str) -> None:
    """Raises PasswordNotAccepted, before a pool is asked: it looks at the password of new accounts only.

    Its no would tell whoever tries a poor one whether an email has an account.
    """
    if not _STRONG.fullmatch(password):
        raise PasswordNotAccepted


class Tokens(Struct, frozen=True):
    """What a person is signed in with; `expires_in` are the seconds that the access token is good."""

    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class _Subject(Struct):
    sub: str


class UserPool(Struct, frozen=True):
    """A pool, and the client by which its accounts are used; an account is named by its email."""

    id: str
    client_id: str

    def open_account(self, email: str, password: str) -> str | None:
        """The subject of a new account; None where the email has one. Raises PasswordNotAccepted, AccountNotAccepted.

        An account that was left half made is completed by whoever knows its password (see `owner`).
        """
        named = {"UserPoolId": self.id, "Username": email}
        try:
            made = _cognito().admin_create_user(**named, TemporaryPassword=password, MessageAction="SUPPRESS")
            _cognito().admin_set_user_password(**named, Password=password, Permanent=True)
        except ClientError as error:
            if _code(error) == "UsernameExistsException":
                return None
            raise _refusal(error) from None
        return next(str(each["Value"]) for each in made["User"]["Attributes"] if each["Name"] == "sub")

    def owner(self, email: str, password: str) -> str | None:
        """The subject of the account, for whoever knows its password; it is completed if it was left half made."""
        answer = self._signing_in(email, password)
        if answer and answer.get("ChallengeName") == "NEW_PASSWORD_REQUIRED":
            _cognito().admin_set_user_password(UserPoolId=self.id, Username=email, Password=password, Permanent=True)
            answer = self._signing_in(email, password)
        tokens = _tokens(answer)
        return _subject(tokens.access_token) if tokens else None

    def sign_in(self, email: str, password: str) -> Tokens | None:
        """Tokens, or None: for a wrong password, no such account, and one that wants more than a password."""
        return _tokens(self._signing_in(email, password))

    def refresh(self, refresh_token: str) -> Tokens | None:
        """A new access token; None for a refresh token that was revoked, has expired, or never was one."""
        answer = _unless_no(
            _cognito().initiate_auth,
            ClientId=self.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token},
        )
        return _tokens(answer, refresh_token)

    def sign_out(self, access_token: str) -> None:
        """Ends every session of the token's bearer, unless that was done before: no refresh token is good any more."""
        _unless_no(_cognito().global_sign_out, AccessToken=access_token)

    def close_account(self, subject: str) -> None:
        """Nobody signs in with it any more, and its sessions end; an account that is not there is closed already.

        By its subject, which is its own for ever: an email is what somebody says.
        """
        named = {"UserPoolId": self.id, "Username": subject}
        _unless_no(_cognito().admin_disable_user, **named)
        _unless_no(_cognito().admin_user_global_sign_out, **named)

    def delete_account(self, subject: str) -> None:
        """The account is gone, with all that the provider knows of its owner; one that is not there is gone already.

        By its subject, as `close_account`. Any other no is a fault: it must not pass for an account that is gone.
        """
        try:
            _cognito().admin_delete_user(UserPoolId=self.id, Username=subject)
        except ClientError as error:
            if _code(error) != "UserNotFoundException":
                raise

    def _signing_in(self, email: str, password: str) -> dict[str, Any] | None:
        return _unless_no(
            _cognito().admin_initiate_auth,
            UserPoolId=self.id,
            ClientId=self.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )


def _unless_no(call: Callable[..., dict[str, Any]], **given: Any) -> dict[str, Any] | None:
    """What Cognito answers, or None where it says no."""
    try:
        return call(**given)
    except ClientError as error:
        if _code(error) in _NO:
            return None
        raise


def _cognito() -> Any:
    return aws.client("cognito-idp")


def _code(error: ClientError) -> str:
    return str(error.response["Error"].get("Code"))


def _refusal(error: ClientError) -> Exception:
    refusals = {"InvalidPasswordException": PasswordNotAccepted, "InvalidParameterException": AccountNotAccepted}
    return refusals[_code(error)]() if _code(error) in refusals else error


def _tokens(answer: dict[str, Any] | None, still_good: str = "") -> Tokens | None:
    given = (answer or {}).get("AuthenticationResult")
    if not given:
        return None
    return Tokens(given["AccessToken"], given.get("RefreshToken", still_good), given["TokenType"], given["ExpiresIn"])


def _subject(access_token: str) -> str:
    """The subject of a token that came from the issuer itself just now: there is nothing to verify."""
    payload = access_token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), type=_Subject).sub
