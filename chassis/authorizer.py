"""What each capability's authorizer answers: who bears a token, for the doors to decide what that one may."""

from chalice.app import AuthResponse, AuthRoute

from chassis import auth, aws, log
from chassis.auth import SignedOut

# Every request is let through to its door, with what was found out: there alone it is refused, in one way.
_EVERYWHERE: list[str | AuthRoute] = ["*"]


def identify(authorization: str, signed_out: SignedOut) -> AuthResponse:
    """`signed_out` tells when the bearer last signed out everywhere: what was issued until then is good no more."""
    from chassis import keys, tokens  # here, since no other function of a capability pays for the cryptography

    try:
        identity = tokens.verify(authorization)
        at = signed_out(identity.caller.id)
        # tokens tell whole seconds: one of the second in which its bearer signed out counts as older
        if at is not None and identity.issued_at <= at:
            raise tokens.BadToken("signed out since")
    except tokens.BadToken as bad:
        log.warn("token refused", why=str(bad))
        return AuthResponse(_EVERYWHERE, "nobody", {"refused": "yes"})
    except Exception as error:
        if not (isinstance(error, keys.KeysUnavailable) or aws.is_passing(error)):
            raise
        log.warn("token not looked at", cause=f"{type(error).__name__}: {error}")
        return AuthResponse(_EVERYWHERE, "nobody", {"unavailable": "yes"})
    return AuthResponse(_EVERYWHERE, identity.caller.id, auth.as_context(identity))
