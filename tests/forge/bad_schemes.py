"""Headers that hold a good token and do not offer it as a bearer's: name -> how the header is written."""

from collections.abc import Callable

Scheme = Callable[[str], str]

SCHEMES: dict[str, Scheme] = {
    "nothing": lambda token: "",
    "a space": lambda token: " ",
    "no scheme": lambda token: token,
    "the scheme and no token": lambda token: "Bearer",
    "the scheme, a space and no token": lambda token: "Bearer ",
    "no space": lambda token: f"Bearer{token}",
    "a new line for the space": lambda token: f"Bearer\n{token}",
    "a comma for the space": lambda token: f"Bearer,{token}",
    "a colon": lambda token: f"Bearer: {token}",
    "an equals sign": lambda token: f"Bearer={token}",
    "token=": lambda token: f"Bearer token={token}",
    "Basic": lambda token: f"Basic {token}",
    "Basic with a name and a password": lambda token: "Basic YWRhOmFkYQ==",
    "Digest": lambda token: f'Digest username="ada", response="{token}"',
    "DPoP": lambda token: f"DPoP {token}",
    "JWT": lambda token: f"JWT {token}",
    "Token": lambda token: f"Token {token}",
    "Negotiate": lambda token: f"Negotiate {token}",
    "Bearers": lambda token: f"Bearers {token}",
    "XBearer": lambda token: f"XBearer {token}",
    "the scheme twice": lambda token: f"Bearer Bearer {token}",
    "two tokens": lambda token: f"Bearer {token} {token}",
    "two tokens with a comma": lambda token: f"Bearer {token},{token}",
    "two headers in one": lambda token: f"Bearer {token}, Bearer {token}",
    "a bad one before the good": lambda token: f"Bearer x, Bearer {token}",
    "Basic before the good": lambda token: f"Basic YWRhOmFkYQ==, Bearer {token}",
    "a parameter behind it": lambda token: f"Bearer {token}; charset=utf-8",
    "a header behind it": lambda token: f"Bearer {token}\r\nX-Role: staff",
}
