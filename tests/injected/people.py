"""Who asks in a life: one request after the other, each again until it is answered, held against the rules."""

from collections.abc import Callable
from typing import Any

from tests.injected.world import OnMoto
from tests.simulation.answers import Answers
from tests.simulation.clients import Crash
from tests.simulation.requests import Answer, Asked
from tests.tokens import STAFF, bearer

TRIES = 4
PATIENCE = 1.1  # seconds from one request to the next: what was read of sign-outs is good for one


class People:
    """Staff and customers; `outcomes` has what each request came to in the end."""

    def __init__(self, world: OnMoto) -> None:
        self.world, self.answers, self.outcomes = world, Answers(world), list[tuple[str, int]]()
        self.first = 0  # the first call that is this life's own

    def begun(self) -> None:
        """All calls until now are as in other lives."""
        self.first = len(self.world.injector.calls)

    def before(self, handler: str, operation: str, do: Callable[[], object]) -> None:
        """Somebody comes between: just before the next such call of the handler."""
        self.world.injector.rivals[handler, operation] = do

    def staff(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        return self.ask(STAFF, method, path, body, **more)

    def ask(
        self,
        by: str,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        again: int | None = None,
        **more: Any,
    ) -> Any:
        """The body of the answer that comes at last; `again` is what may be said to whom it was done for already."""
        asked = Asked(by, method, path, body, **more)
        for attempt in range(TRIES):
            self.world.pass_time(PATIENCE)
            self.answers.sent(asked)
            answer = self.send(asked, token)
            self.answers.take(asked, answer)
            if answer is not None and answer.status < 500 and answer.status != 429:
                status = 204 if attempt and answer.status == again else answer.status
                self.outcomes.append((f"{method} /{path.split('/')[1]}", status))
                return answer.body
        self.world.violate("who asks again is answered", asked)
        return None

    def send(self, asked: Asked, token: str = "") -> Answer | None:
        """None where no answer came: the function crashed, or its authorizer failed."""
        signed = f"Bearer {token}" if token else bearer(asked.by) if asked.by else ""
        headers = {"authorization": signed} if signed else {}
        headers |= {"idempotency-key": asked.key} if asked.key else {}
        headers |= {"if-match": asked.match} if asked.match else {}
        try:
            got = self.world.shop.call(asked.method, asked.path, asked.body, by="", **headers)
        except Crash:
            return None
        if got.status == 500:
            self.world.violate("no answer is a broken one", f"{asked}: {got.body}")
        return Answer(got.status, got.body)
