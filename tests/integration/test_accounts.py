"""Signing up and in: nobody learns who has an account, and nobody has a hand in another's."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from chassis import clock, settings
from infra.apps_in_process import load_apps
from tests.gateway import Reply, ask, lasting_shop
from tests.shop import Answer, Shop, alike
from tests.tokens import bearer, subject

PASSWORD, WRONG = "Correct-horse-1", "Wrong-horse-1"
BEGIN = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)  # of a window of every limit here
numbers = count()


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with lasting_shop() as shop:
        yield shop


def new() -> str:
    return f"ada-{next(numbers)}@example.com"


def sign_up(shop: Shop, email: str, password: str = PASSWORD, **details: Any) -> Answer:
    return shop.call("POST", "/customers", {"email": email, "name": "Ada", "password": password} | details, by="")


def sign_in(shop: Shop, email: str, password: str = PASSWORD) -> Answer:
    return shop.call("POST", "/sessions", {"email": email, "password": password}, by="")


def refresh(shop: Shop, token: str) -> Answer:
    return shop.call("POST", "/sessions/refresh", {"refresh_token": token}, by="")


def with_account(shop: Shop, password: str = PASSWORD) -> str:
    email = new()
    assert sign_up(shop, email, password).status == 202
    return email


def signed_in(shop: Shop, email: str) -> str:
    """Who has the account, as everywhere: kind and id."""
    session = sign_in(shop, email).body
    return f"customer:{subject(session['access_token'])}"


def as_said(answer: Answer) -> tuple[int, dict[str, str], Any]:
    """All of an answer but what each has for itself: the id of the request, and its trace."""
    body = {name: value for name, value in answer.body.items() if name != "instance"}
    return answer.status, alike(answer.headers), body


class Watch:
    """A clock that stands, unless somebody waits, or looks at it: `work` is done before each look, in seconds."""

    def __init__(self, at: datetime = BEGIN, work: float = 0) -> None:
        self.now, self.work = at, timedelta(seconds=work)
        self.waited: list[float] = []
        clock.use(self._look, self._sleep)

    def _look(self) -> datetime:
        self.now += self.work
        return self.now

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.now += timedelta(seconds=seconds)


def raw(path: str, body: Any) -> Reply:
    """The answer as it stands on the wire, to a request of always the same id."""
    headers = {"content-type": "application/json"}
    return ask(load_apps()["customers"].app, "POST", path, headers=headers, body=json.dumps(body).encode(), by="")


def test_a_weak_password_is_refused_alike_whether_or_not_the_email_has_an_account(shop: Shop) -> None:
    known, unknown = with_account(shop), new()
    for weak in ("short-1A", "no-digit-at-all-A", "no-upper-case-1", "NO-LOWER-CASE-1", "with a space 1A"):
        refused = sign_up(shop, known, weak)
        assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "#/password")
        assert as_said(refused) == as_said(sign_up(shop, unknown, weak))


def test_no_password_that_is_let_through_is_left_for_the_pool_to_refuse(shop: Shop) -> None:
    """Its policy may be less strict than ours, never more: else its no would tell who has an account."""
    pool = shop.clients.cognito.describe_user_pool(UserPoolId=settings.text("CUSTOMERS_USER_POOL_ID"))["UserPool"]
    policy = pool["Policies"]["PasswordPolicy"]
    assert (policy["MinimumLength"], policy["RequireSymbols"]) == (12, False)
    for length in (12, 256):
        barely = "aA1" + "x" * (length - 3)
        assert sign_in(shop, with_account(shop, barely), barely).status == 200
    assert sign_up(shop, new(), "aA1" + "x" * 8).status == 422
    assert sign_up(shop, new(), "aA1" + "x" * 254).status == 422


def test_whoever_is_deactivated_signs_in_no_more_and_no_session_goes_on(shop: Shop) -> None:
    email = with_account(shop)
    session = sign_in(shop, email).body
    assert shop.call("DELETE", "/customers/me", by=signed_in(shop, email), if_match="*").status == 204
    assert sign_in(shop, email).status == 401
    assert refresh(shop, session["refresh_token"]).status == 401


@pytest.mark.parametrize("by_staff", [False, True])
def test_whoever_is_deactivated_is_out_everywhere_with_the_token_in_hand_too(shop: Shop, by_staff: bool) -> None:
    email = with_account(shop)
    token = sign_in(shop, email).body["access_token"]
    bearing = {"authorization": f"Bearer {token}"}
    assert shop.call("GET", "/orders", by="", **bearing).status == 200
    who: dict[str, Any] = {} if by_staff else {"by": "", **bearing}
    assert shop.call("DELETE", f"/customers/{subject(token)}", if_match="*", **who).status == 204
    assert shop.call("GET", "/customers/me", by="", **bearing).status == 401
    shop.settle()
    for path in ("/orders", "/catalogue"):
        assert shop.call("GET", path, by="", **bearing).status == 401


def test_whoever_claims_anothers_email_closes_no_account_but_its_own(shop: Shop) -> None:
    """An email stands in what a caller says of itself, and nobody has asked whether it is its own."""
    victim = with_account(shop)
    session = sign_in(shop, victim).body
    assert shop.call("PUT", "/customers/me", {"email": victim, "name": "Ada"}, by="customer:thief").status == 200
    assert shop.call("DELETE", "/customers/me", by="customer:thief", if_match="*").status == 204
    assert sign_in(shop, victim).status == 200
    assert refresh(shop, session["refresh_token"]).status == 200


# what a sign-up tells


def test_a_sign_up_is_answered_alike_whether_or_not_the_email_has_an_account(shop: Shop) -> None:
    known = with_account(shop)
    said = set()
    for email, password in ((known, PASSWORD), (known, WRONG), (new(), PASSWORD)):
        reply = raw("/customers", {"email": email, "name": "Ada", "password": password})
        said.add((reply.status, str(alike(reply.headers)), reply.raw.replace(email.encode(), b"it")))
    assert [status for status, _, _ in said] == [202]


def test_signing_up_anew_changes_nothing_that_is_there(shop: Shop) -> None:
    email = with_account(shop)
    me = signed_in(shop, email)
    before = shop.call("GET", "/customers/me", by=me).body
    for password in (WRONG, PASSWORD):
        assert sign_up(shop, email, password, name="Other", phone="+49 1234567").status == 202
    assert sign_in(shop, email, WRONG).status == 401
    assert signed_in(shop, email) == me
    assert shop.call("GET", "/customers/me", by=me).body == before


def test_a_customer_is_whoever_has_the_account(shop: Shop) -> None:
    email = with_account(shop)
    access = sign_in(shop, email).body["access_token"]
    me = shop.call("GET", "/customers/me", by="", authorization=f"Bearer {access}").body
    assert (me["id"], me["email"], me["status"]) == (subject(access), email, "active")


@pytest.mark.parametrize("spelled", [str.upper, str.title, lambda email: email.replace("e", "\uff45")])
def test_an_email_is_one_account_however_it_is_spelled(shop: Shop, spelled: Callable[[str], str]) -> None:
    email = with_account(shop)
    me = signed_in(shop, email)
    assert sign_up(shop, spelled(email), WRONG).status == 202
    assert sign_in(shop, spelled(email), WRONG).status == 401
    assert signed_in(shop, spelled(email)) == me


# what a sign-in tells


@pytest.mark.parametrize("least", [0, 250, 1000])
def test_a_no_is_the_same_for_an_email_without_account_as_for_a_wrong_password_and_takes_as_long(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    monkeypatch.setenv("CUSTOMERS_LEAST_ANSWER_MS", str(least))
    deactivated = with_account(shop)
    shop.call("DELETE", "/customers/me", by=signed_in(shop, deactivated), if_match="*")
    said = []
    for email, password in ((with_account(shop), WRONG), (new(), PASSWORD), (deactivated, PASSWORD)):
        watch = Watch()
        reply = raw("/sessions", {"email": email, "password": password})
        assert sum(watch.waited) == least / 1000
        said.append((reply.status, alike(reply.headers), reply.raw))
    assert said[0] == said[1] == said[2]
    assert said[0][0] == 401


@pytest.mark.parametrize(("work", "least_wait", "most_wait"), [(0.1, 0.1, 0.9), (2, 0, 0), (1.3, 0.1, 0.9)])
def test_what_was_worked_already_counts_and_what_took_too_long_ends_with_a_whole_step(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, work: float, least_wait: float, most_wait: float
) -> None:
    monkeypatch.setenv("CUSTOMERS_LEAST_ANSWER_MS", "1000")
    watch = Watch(work=work)
    assert raw("/sessions", {"email": new(), "password": PASSWORD}).status == 401
    assert least_wait <= sum(watch.waited) <= most_wait


@pytest.mark.parametrize("known", [True, False])
def test_a_sign_up_takes_as_long_whether_or_not_the_email_has_an_account(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    monkeypatch.setenv("CUSTOMERS_LEAST_ANSWER_MS", "700")
    email = with_account(shop) if known else new()
    watch = Watch()
    assert raw("/customers", {"email": email, "name": "Ada", "password": PASSWORD}).status == 202
    assert sum(watch.waited) == 0.7


def test_a_sign_in_that_succeeds_waits_for_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    email = with_account(shop)
    monkeypatch.setenv("CUSTOMERS_LEAST_ANSWER_MS", "1000")
    watch = Watch()
    assert raw("/sessions", {"email": email, "password": PASSWORD}).status == 200
    assert watch.waited == []


def test_a_refresh_token_that_is_none_is_refused_as_a_sign_in_is(shop: Shop) -> None:
    refused = refresh(shop, "no-such-token")
    assert as_said(refused) == as_said(sign_in(shop, new()))
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


# how often


@pytest.mark.parametrize(
    ("setting", "attempt"),
    [("CUSTOMERS_SIGN_IN_LIMIT", sign_in), ("CUSTOMERS_SIGN_UP_LIMIT", sign_up)],
)
@pytest.mark.parametrize("password", [PASSWORD, WRONG])
def test_attempts_are_counted_alike_whether_or_not_the_email_has_an_account(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    attempt: Callable[[Shop, str, str], Answer],
    password: str,
) -> None:
    """Those that succeed, too: what is counted is known before anybody looks."""
    known, unknown = with_account(shop), new()
    monkeypatch.setenv(setting, "3/120")
    watch = Watch(BEGIN + timedelta(days=1))  # past what the making of the account was counted in
    for email in (known, unknown):
        answers = [attempt(shop, email, password) for _ in range(3)]
        assert 429 not in {each.status for each in answers}
    watch.now += timedelta(seconds=30.5)
    no, other = attempt(shop, known, password), attempt(shop, unknown, password)
    assert as_said(no) == as_said(other)
    assert (no.status, no.headers["Retry-After"]) == (429, "90")
    assert attempt(shop, known.upper(), password).status == 429
    watch.now += timedelta(seconds=89.5)
    assert attempt(shop, known, password).status != 429


def test_as_often_as_is_usual_one_may_sign_in_and_up(shop: Shop) -> None:
    Watch(BEGIN + timedelta(days=2))
    one, other = new(), new()
    assert [sign_in(shop, one).status for _ in range(11)] == [401] * 10 + [429]
    assert [sign_up(shop, other).status for _ in range(6)] == [202] * 5 + [429]
    assert sign_in(shop, other).status == 200


def test_whoever_is_held_off_holds_off_nobody_else(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    email, other = with_account(shop), with_account(shop)
    monkeypatch.setenv("CUSTOMERS_SIGN_IN_LIMIT", "1/60")
    Watch(BEGIN + timedelta(days=3))
    assert [sign_in(shop, each, WRONG).status for each in (email, email, other)] == [401, 429, 401]


@pytest.mark.parametrize(
    ("setting", "nonsense"),
    [("CUSTOMERS_SIGN_IN_LIMIT", "ten"), ("CUSTOMERS_SIGN_UP_LIMIT", "5"), ("CUSTOMERS_LEAST_ANSWER_MS", "-1")],
)
def test_a_setting_that_makes_no_sense_is_named_in_the_log_and_nobody_gets_in(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], setting: str, nonsense: str
) -> None:
    email = with_account(shop)
    monkeypatch.setenv(setting, nonsense)
    capsys.readouterr()
    broken = (sign_up if "UP" in setting else sign_in)(shop, email, WRONG)
    assert (broken.status, setting in str(broken.body)) == (500, False)
    [cause] = [line["cause"] for line in map(json.loads, capsys.readouterr().out.splitlines()) if "cause" in line]
    assert f"the environment variable {setting} must be" in cause


# the end of a session


def test_whoever_signed_out_is_out_everywhere_once_the_others_have_heard(shop: Shop) -> None:
    email = with_account(shop)
    session, elsewhere = sign_in(shop, email).body, sign_in(shop, email).body
    shop.settle()
    mine, others = ({"authorization": f"Bearer {each['access_token']}"} for each in (session, elsewhere))
    assert shop.call("GET", "/orders", by="", **others).status == 200
    clock.use(None, lambda seconds: None)
    assert shop.call("DELETE", "/sessions", by="", **mine).status == 204
    for bearing in (mine, others):
        assert shop.call("GET", "/customers/me", by="", **bearing).status == 401
        assert shop.call("GET", "/orders", by="", **bearing).status == 200  # it has not heard yet
    shop.settle()
    for bearing, each in ((mine, session), (others, elsewhere)):
        assert shop.call("GET", "/orders", by="", **bearing).status == 401
        assert refresh(shop, each["refresh_token"]).status == 401


def test_staff_who_signed_out_is_out_everywhere_too(shop: Shop) -> None:
    clock.use(None, lambda seconds: None)
    bearing = {"authorization": bearer("staff:s-9")}
    assert shop.call("GET", "/catalogue", by="", **bearing).status == 200
    assert shop.call("DELETE", "/sessions", by="", **bearing).status == 204
    shop.settle()
    for path in ("/catalogue", "/orders?customer_id=ada", "/customers/me"):
        assert shop.call("GET", path, by="", **bearing).status == 401


def test_whoever_signs_in_again_is_in_again(shop: Shop) -> None:
    """A token tells its second and no finer: signing out waits until the next one begins."""
    email = with_account(shop)
    bearing = {"authorization": f"Bearer {sign_in(shop, email).body['access_token']}"}
    waited: list[float] = []
    clock.use(lambda: datetime.now(UTC) - timedelta(seconds=5), waited.append)  # so that the next second has begun
    assert shop.call("DELETE", "/sessions", by="", **bearing).status == 204
    assert 0 < sum(waited) <= 1
    clock.use(None)
    again = {"authorization": f"Bearer {sign_in(shop, email).body['access_token']}"}
    assert shop.call("GET", "/customers/me", by="", **again).status == 200
