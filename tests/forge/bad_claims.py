"""Tokens that the issuer's key signed, of which one thing said is wrong: name -> what is changed in a good one."""

from collections.abc import Callable

from tests.forge.issuer import LEFT_OUT, Claims, Issuer

# from the issuer and the present time, in seconds, to the claims that differ
Change = Callable[[Issuer, int], Claims]
_LONG = 100 * 365 * 24 * 3600
_LOST: Claims = {"client_id": LEFT_OUT}  # where only `aud` says for whom a token is

TIME: dict[str, Change] = {
    "expired an hour ago": lambda at, now: {"exp": now - 3600},
    "expired just beyond the leeway": lambda at, now: {"exp": now - 62},
    "exp missing": lambda at, now: {"exp": LEFT_OUT},
    "exp null": lambda at, now: {"exp": None},
    "exp in text": lambda at, now: {"exp": str(now + 900)},
    "exp in words": lambda at, now: {"exp": "tomorrow"},
    "exp a date": lambda at, now: {"exp": "2999-01-01T00:00:00Z"},
    "exp zero": lambda at, now: {"exp": 0},
    "exp negative": lambda at, now: {"exp": -now},
    "exp in milliseconds": lambda at, now: {"exp": (now + 900) * 1000},
    "exp in a hundred years": lambda at, now: {"exp": now + _LONG},
    "exp beyond all calendars": lambda at, now: {"exp": 10**30},
    "exp not a number": lambda at, now: {"exp": float("nan")},
    "exp infinite": lambda at, now: {"exp": float("inf")},
    "exp a huge float": lambda at, now: {"exp": 1e308},
    "exp true": lambda at, now: {"exp": True},
    "exp a list": lambda at, now: {"exp": [now + 900]},
    "exp an object": lambda at, now: {"exp": {"at": now + 900}},
    "nbf just beyond the leeway": lambda at, now: {"nbf": now + 75},
    "nbf in an hour": lambda at, now: {"nbf": now + 3600},
    "nbf in text": lambda at, now: {"nbf": "yesterday"},
    "nbf not a number": lambda at, now: {"nbf": float("nan")},
    "nbf infinite": lambda at, now: {"nbf": float("inf")},
    "nbf a list": lambda at, now: {"nbf": [now]},
    "iat missing": lambda at, now: {"iat": LEFT_OUT},
    "iat null": lambda at, now: {"iat": None},
    "iat in an hour": lambda at, now: {"iat": now + 3600},
    "iat in a hundred years": lambda at, now: {"iat": now + _LONG, "exp": now + _LONG + 900},
    "iat in text": lambda at, now: {"iat": str(now)},
    "iat not a number": lambda at, now: {"iat": float("nan")},
    "iat infinitely long ago": lambda at, now: {"iat": float("-inf")},
    "iat true": lambda at, now: {"iat": True},
    "iat a list": lambda at, now: {"iat": [now]},
}

ISSUER: dict[str, Change] = {
    "iss missing": lambda at, now: {"iss": LEFT_OUT},
    "iss null": lambda at, now: {"iss": None},
    "iss empty": lambda at, now: {"iss": ""},
    "iss another pool": lambda at, now: {"iss": at.url + "2"},
    "iss with a trailing slash": lambda at, now: {"iss": at.url + "/"},
    "iss in capitals": lambda at, now: {"iss": at.url.upper()},
    "iss over http": lambda at, now: {"iss": at.url.replace("https:", "http:", 1)},
    "iss cut short": lambda at, now: {"iss": at.url[:-1]},
    "iss with a space": lambda at, now: {"iss": at.url + " "},
    "iss with a dot segment": lambda at, now: {"iss": at.url.replace("/pool", "/./pool")},
    "iss with a user in its address": lambda at, now: {"iss": at.url.replace("//", "//evil.example.com@", 1)},
    "iss with ours in a query": lambda at, now: {"iss": f"https://evil.example.com/?{at.url}"},
    "iss a list with ours": lambda at, now: {"iss": [at.url]},
    "iss an object": lambda at, now: {"iss": {"url": at.url}},
    "iss a number": lambda at, now: {"iss": 1},
}

AUDIENCE: dict[str, Change] = {
    "client_id of another": lambda at, now: {"client_id": "another-client"},
    "client_id empty": lambda at, now: {"client_id": ""},
    "client_id null": lambda at, now: {"client_id": None},
    "client_id beginning like ours": lambda at, now: {"client_id": at.client + "-2"},
    "client_id a part of ours": lambda at, now: {"client_id": at.client[:-1]},
    "client_id both of ours": lambda at, now: {"client_id": f"{at.client},{at.other_client}"},
    "client_id in capitals": lambda at, now: {"client_id": at.client.upper()},
    "client_id a list with ours": lambda at, now: {"client_id": [at.client]},
    "client_id an object": lambda at, now: {"client_id": {at.client: True}},
    "neither client_id nor aud": lambda at, now: _LOST,
    "aud of another": lambda at, now: _LOST | {"aud": "another-client"},
    "aud a list of others": lambda at, now: _LOST | {"aud": ["another-client", "a-third"]},
    "aud an empty list": lambda at, now: _LOST | {"aud": []},
    "aud empty": lambda at, now: _LOST | {"aud": ""},
    "aud null": lambda at, now: _LOST | {"aud": None},
    "aud an object": lambda at, now: _LOST | {"aud": {at.client: True}},
    "aud a number": lambda at, now: _LOST | {"aud": 1},
    "aud a list in a list": lambda at, now: _LOST | {"aud": [[at.client]]},
    "aud beginning like ours": lambda at, now: _LOST | {"aud": at.client + "-2"},
}

USE: dict[str, Change] = {
    "an id token": lambda at, now: _LOST | {"token_use": "id", "aud": at.client, "email": "ada@example.com"},
    "token_use id": lambda at, now: {"token_use": "id"},
    "token_use refresh": lambda at, now: {"token_use": "refresh"},
    "token_use missing": lambda at, now: {"token_use": LEFT_OUT},
    "token_use null": lambda at, now: {"token_use": None},
    "token_use empty": lambda at, now: {"token_use": ""},
    "token_use in capitals": lambda at, now: {"token_use": "ACCESS"},
    "token_use a list": lambda at, now: {"token_use": ["access"]},
    "token_use true": lambda at, now: {"token_use": True},
}

SUBJECT: dict[str, Change] = {
    "sub missing": lambda at, now: {"sub": LEFT_OUT},
    "sub null": lambda at, now: {"sub": None},
    "sub empty": lambda at, now: {"sub": ""},
    "sub a space": lambda at, now: {"sub": " "},
    "sub a number": lambda at, now: {"sub": 1},
    "sub true": lambda at, now: {"sub": True},
    "sub a list": lambda at, now: {"sub": ["forge-ada"]},
    "sub an object": lambda at, now: {"sub": {"id": "forge-ada"}},
    "sub too long": lambda at, now: {"sub": "a" * 129},
    "sub of 4,000 signs": lambda at, now: {"sub": "a" * 4000},
    "sub with a space": lambda at, now: {"sub": "forge ada"},
    "sub with a new line": lambda at, now: {"sub": "forge-ada\n"},
    "sub with a zero": lambda at, now: {"sub": "forge-ada\x00"},
    "sub with a control sign": lambda at, now: {"sub": "forge\x1bada"},
    "sub with a delete": lambda at, now: {"sub": "forge-ada\x7f"},
    "sub not in ASCII": lambda at, now: {"sub": "forge-\u0430da"},
    "sub with half a surrogate pair": lambda at, now: {"sub": "forge-\ud800"},
    "sub that turns the line around": lambda at, now: {"sub": "forge-\u202eada"},
}

# in claims that nobody reads: but what is no JSON may be read in two ways
UNREAD: dict[str, Change] = {
    "a claim not a number": lambda at, now: {"weight": float("nan")},
    "a claim infinite": lambda at, now: {"weight": [float("-inf")]},
}

CHANGES: dict[str, Change] = TIME | ISSUER | AUDIENCE | USE | SUBJECT | UNREAD
