"""Accounts whose requests sign in by themselves."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from infra.identity.accounts import Account, Bearer, sign_in, sign_up
from infra.shop import Refused, Unreachable, accepted
from tests.identity.doorkeeper import PASSWORD, Doorkeeper


@pytest.fixture
def doorkeeper() -> Doorkeeper:
    return Doorkeeper()


@pytest.fixture
def shop(doorkeeper: Doorkeeper) -> httpx.Client:
    return httpx.Client(base_url="http://shop/stage", transport=httpx.MockTransport(_below("/stage", doorkeeper)))


def _below(prefix: str, doorkeeper: Doorkeeper) -> Doorkeeper:
    """The shop behind a path, as API Gateway has its stages."""
    whole = doorkeeper.answer

    def answer(path: str, sent: bytes, shown: str) -> tuple[int, dict[str, str]]:
        assert path.startswith(prefix)
        return whole(path.removeprefix(prefix), sent, shown)

    doorkeeper.answer = answer  # type: ignore[method-assign]
    return doorkeeper


def test_an_account_signs_in_once_for_all_its_requests(shop: httpx.Client, doorkeeper: Doorkeeper) -> None:
    ada = Account(shop, "ada@example.com", PASSWORD)
    assert doorkeeper.sign_ins == 0
    assert [shop.get("/orders", auth=ada).status_code for _ in range(3)] == [200] * 3
    assert doorkeeper.sign_ins == 1


def test_an_account_signs_in_again_when_its_token_is_no_longer_good(shop: httpx.Client, doorkeeper: Doorkeeper) -> None:
    ada = Account(shop, "ada@example.com", PASSWORD)
    shop.get("/orders", auth=ada)
    doorkeeper.good.clear()
    assert shop.post("/orders", json={"lines": []}, auth=ada).status_code == 200
    assert doorkeeper.seen == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_many_threads_sign_in_once_at_the_start_and_once_when_the_token_has_expired(
    shop: httpx.Client, doorkeeper: Doorkeeper
) -> None:
    ada = Account(shop, "ada@example.com", PASSWORD)
    with ThreadPoolExecutor(8) as threads:
        for sign_ins in (1, 2):
            doorkeeper.good.clear()
            answers = threads.map(lambda _: shop.get("/orders", auth=ada).status_code, range(32))
            assert set(answers) == {200}
            assert doorkeeper.sign_ins == sign_ins


def test_a_sign_in_that_is_refused_is_the_answer_and_the_request_is_not_sent(
    shop: httpx.Client, doorkeeper: Doorkeeper
) -> None:
    answer = shop.get("/orders", auth=Account(shop, "ada@example.com", "a wrong one"))
    assert (answer.status_code, answer.json()) == (401, {"detail": "This signs nobody in."})
    assert (doorkeeper.seen, doorkeeper.sign_ins) == ([], 1)
    with pytest.raises(Refused, match="POST /stage/sessions was answered 401"):
        accepted(answer)


def test_a_shop_that_refuses_every_token_is_asked_twice_and_not_for_ever(
    shop: httpx.Client, doorkeeper: Doorkeeper
) -> None:
    ada = Account(shop, "ada@example.com", PASSWORD)
    doorkeeper.good = _Nothing()
    assert shop.get("/orders", auth=ada).status_code == 401
    assert len(doorkeeper.seen) == 2


class _Nothing(set[str]):
    def __contains__(self, each: object) -> bool:
        return False


def test_a_token_of_somebody_else_is_shown_as_it_is(shop: httpx.Client, doorkeeper: Doorkeeper) -> None:
    shop.get("/orders", auth=Bearer("theirs"))
    assert (doorkeeper.seen, doorkeeper.sign_ins) == (["Bearer theirs"], 0)


def test_who_has_signed_up_often_has_an_account(shop: httpx.Client, doorkeeper: Doorkeeper) -> None:
    doorkeeper.sign_up_status = 429
    ada = sign_up(shop, "ada@example.com", "Ada", PASSWORD)
    assert shop.get("/orders", auth=ada).status_code == 200


def test_a_sign_up_that_is_refused_is_told(shop: httpx.Client, doorkeeper: Doorkeeper) -> None:
    doorkeeper.sign_up_status = 422
    with pytest.raises(Refused, match="POST /stage/customers was answered 422"):
        sign_up(shop, "ada@example.com", "Ada", "short")


def test_what_gives_no_token_is_no_shop() -> None:
    other = httpx.Client(base_url="http://other", transport=httpx.MockTransport(lambda _: httpx.Response(200)))
    with pytest.raises(Unreachable, match="there is no shop at http://other"):
        sign_in(other, "ada@example.com", PASSWORD)
