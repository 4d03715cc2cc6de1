"""The AWS clients that the capabilities get: each call lets others come between, and may go wrong in every way."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from tests.simulation.cloud.errors import cancelled, refused
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Scheduler

WRITES = {"put_item", "update_item", "transact_write_items", "publish_batch", "send_message"}
SLOWEST = 12.0  # seconds: three attempts, each given up after four (chassis.aws)
_AT = "https://aws.example"


class Crash(BaseException):
    """The process of a function is gone; nothing of it answers, and no handler of exceptions sees it."""


def pass_time(scheduler: Scheduler, faults: Faults, seconds: float) -> None:
    """Lets time pass for a function, which is killed (Crash) once it has had all that it may have."""
    scheduler.sleep(max(0.0, min(seconds, scheduler.current.ends - scheduler.now)))
    look_at_time(scheduler, faults)


def look_at_time(scheduler: Scheduler, faults: Faults) -> None:
    """Kills the function that goes on now where its time is over."""
    if scheduler.now >= scheduler.current.ends:
        faults.counted["killed at its time limit"] += 1
        raise Crash


class Client:
    """A client in front of the cloud in memory."""

    def __init__(self, real: Any, scheduler: Scheduler, faults: Faults, count: Callable[[], None]) -> None:
        self._real, self._scheduler, self._faults, self._count = real, scheduler, faults, count

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**asked: Any) -> Any:
            return self._call(name, asked)

        setattr(self, name, call)
        return call

    def _call(self, name: str, asked: dict[str, Any]) -> Any:
        self._scheduler.point(name)
        self._count()
        look_at_time(self._scheduler, self._faults)
        hits = self._faults.hits
        if hits("a call takes so long"):
            self._wait(name, asked)
        if hits("crash before a call"):
            raise Crash
        if hits("throttled"):
            raise refused(name, "ThrottlingException", "Rate exceeded")
        if hits("timed out, not done"):
            raise ConnectTimeoutError(endpoint_url=_AT)
        self._refuse_write(name, asked)
        answer = self._done(name, asked)
        if hits("crash after a call"):
            raise Crash
        if name in WRITES and hits("timed out, but done"):
            raise ReadTimeoutError(endpoint_url=_AT)
        if name in WRITES and hits("answer lost, sent again by the client"):
            # DynamoDB knows a transaction again by its token; everything else is simply done twice.
            return answer if name == "transact_write_items" else getattr(self._real, name)(**asked)
        return answer

    def _wait(self, name: str, asked: dict[str, Any]) -> None:
        """What was on its way when the function was killed may be done all the same."""
        try:
            pass_time(self._scheduler, self._faults, self._faults.chance.uniform(0, SLOWEST))
        except Crash:
            if name in WRITES and self._faults.chance.random() < 0.5:
                with suppress(ClientError):
                    self._done(name, asked)
            raise

    def _refuse_write(self, name: str, asked: dict[str, Any]) -> None:
        """DynamoDB's ways to say that a write met another one, or too many."""
        if name in ("put_item", "update_item") and self._faults.hits("transaction conflict"):
            raise refused(name, "TransactionConflictException", "Transaction is ongoing for the item")
        if name != "transact_write_items":
            return
        for kind, code in (
            ("transaction conflict", "TransactionConflict"),
            ("transaction throttled", "ThrottlingError"),
        ):
            if self._faults.hits(kind):
                met = self._faults.chance.randrange(len(asked["TransactItems"]))
                codes = [code if place == met else "None" for place in range(len(asked["TransactItems"]))]
                raise cancelled([{"Code": each} for each in codes])

    def _done(self, name: str, asked: dict[str, Any]) -> Any:
        if name == "query" or _is_loose(name, asked):
            return self._read(name, asked)
        if name == "batch_get_item" and self._faults.hits("keys left unprocessed"):
            return self._some_keys(asked)
        if name == "publish_batch":
            return self._publish(asked)
        return getattr(self._real, name)(**asked)

    def _read(self, name: str, asked: dict[str, Any]) -> Any:
        """An index may be behind its table by some writes, and so may a read that does not ask to be consistent."""
        behind = self._faults.chance.randint(1, 10) if self._faults.hits("stale index read") else 0
        return getattr(self._real, name)(**asked, behind=behind)

    def _some_keys(self, asked: dict[str, Any]) -> Any:
        [(table, wanted)] = asked["RequestItems"].items()
        cut = self._faults.chance.randrange(len(wanted["Keys"]))
        answer = self._real.batch_get_item(RequestItems={table: wanted | {"Keys": wanted["Keys"][:cut]}})
        return answer | {"UnprocessedKeys": {table: wanted | {"Keys": wanted["Keys"][cut:]}}}

    def _publish(self, asked: dict[str, Any]) -> Any:
        entries = asked["PublishBatchRequestEntries"]
        if self._faults.hits("published in part, then timed out"):
            part = entries[: self._faults.chance.randrange(len(entries) + 1)]
            if part:
                self._real.publish_batch(TopicArn=asked["TopicArn"], PublishBatchRequestEntries=part)
            raise ReadTimeoutError(endpoint_url=_AT)
        failed = []
        for entry in entries:
            if self._faults.hits("entry refused for good"):
                self._faults.refused.add(entry["Message"])
                failed.append({"Id": entry["Id"], "Code": "InvalidParameter", "SenderFault": True})
            elif self._faults.hits("entries refused for now"):
                failed.append({"Id": entry["Id"], "Code": "InternalError", "SenderFault": False})
        ids = {each["Id"] for each in failed}
        passed = [entry for entry in entries if entry["Id"] not in ids]
        if passed:
            self._real.publish_batch(TopicArn=asked["TopicArn"], PublishBatchRequestEntries=passed)
        return {"Successful": [{"Id": entry["Id"]} for entry in passed], "Failed": failed}


def _is_loose(name: str, asked: dict[str, Any]) -> bool:
    """Whether a read takes what may be old; no code of ours does."""
    if name == "get_item":
        return not asked.get("ConsistentRead")
    return name == "batch_get_item" and not all(each.get("ConsistentRead") for each in asked["RequestItems"].values())
