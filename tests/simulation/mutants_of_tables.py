"""Deliberate faults in how the chassis reads, writes, tells and hears."""

from contextlib import ExitStack
from typing import Any

from msgspec import structs

from chassis import aws, doors, idempotency, inbox, messages, relay, table, writes
from infra.apps_in_process import load_apps
from tests.simulation.deliberate import Mutant, instead, mutant, unconditional


@mutant
def a_copy_is_taken_over_one_that_is_as_new() -> Mutant:
    request = writes.Copy.request

    def worse(self: writes.Copy) -> Any:
        made = request(self)
        made["Put"]["ConditionExpression"] = made["Put"]["ConditionExpression"].replace("version <", "version <=")
        return made

    with instead(writes.Copy, "request", worse):
        yield


@mutant
def a_claim_is_anybodys() -> Mutant:
    with instead(writes.Claim, "request", unconditional(writes.Claim)):
        yield


@mutant
def a_counter_moves_whatever_it_was_read_as() -> Mutant:
    """An adjustment no longer says what it came to."""
    request = writes.Count.request
    with instead(writes.Count, "request", lambda self: request(writes.Count(self.key, self.add))):
        yield


@mutant
def a_counter_moves_and_its_version_does_not() -> Mutant:
    request = writes.Count.request

    def worse(self: writes.Count) -> Any:
        made = request(self)
        made["Update"]["ExpressionAttributeValues"][":version"] = {"N": "0"}
        return made

    with instead(writes.Count, "request", worse):
        yield


@mutant
def what_is_read_may_be_old() -> Mutant:
    """Reads are as the network has it, and not consistent."""
    client = aws.client

    class Old:
        def __init__(self, name: str) -> None:
            self._real = client(name)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._real, name)

        def get_item(self, **asked: Any) -> Any:
            return self._real.get_item(**asked | {"ConsistentRead": False})

        def batch_get_item(self, RequestItems: Any) -> Any:
            old = {name: each | {"ConsistentRead": False} for name, each in RequestItems.items()}
            return self._real.batch_get_item(RequestItems=old)

    with instead(aws, "client", Old):
        yield


@mutant
def a_page_lacks_its_last_line() -> Mutant:
    page = table.Table.page

    def worse(self: Any, *asked: Any, **more: Any) -> table.Page:
        found = page(self, *asked, **more)
        most = max(1, len(found.keys) - 1)
        return table.Page(found.keys[:most], found.ranges[:most], found.after)

    with instead(table.Table, "page", worse):
        yield


@mutant
def a_list_ends_with_its_first_page() -> Mutant:
    page = table.Table.page

    def worse(self: Any, *asked: Any, **more: Any) -> table.Page:
        return structs.replace(page(self, *asked, **more), after=None)

    with instead(table.Table, "page", worse):
        yield


@mutant
def a_list_goes_on_after_the_line_that_it_did_not_show() -> Mutant:
    page = table.Table.page

    def worse(self: Any, index: Any, value: str, limit: int, **more: Any) -> table.Page:
        found, next = page(self, index, value, limit, **more), page(self, index, value, limit + 1, **more)
        return structs.replace(found, after=next.after if len(next.keys) > limit else found.after)

    with instead(table.Table, "page", worse):
        yield


@mutant
def a_write_that_met_another_is_not_tried_again() -> Mutant:
    with instead(table, "_may_pass", lambda error: False):
        yield


@mutant
def only_the_first_condition_of_a_transaction_is_looked_at() -> Mutant:
    failed = table._failed
    with instead(table, "_failed", lambda error: {at: was for at, was in failed(error).items() if at == 0}):
        yield


@mutant
def what_only_passes_is_answered_as_broken() -> Mutant:
    with instead(aws, "is_passing", lambda error: False):
        yield


@mutant
def a_key_is_unscoped_in_its_mark() -> Mutant:
    with instead(doors, "mark", lambda key, caller, fingerprint: idempotency.mark(key, "", fingerprint)):
        yield


@mutant
def a_relay_tells_the_first_ten_alone() -> Mutant:
    batches = relay.batches
    with instead(relay, "batches", lambda entries: list(batches(entries))[:1]):
        yield


@mutant
def a_fact_does_not_say_its_version() -> Mutant:
    of_item = messages.of_item

    def worse(capability: str, item: Any, facts: Any) -> Any:
        return of_item(capability, item | {"version": 1}, facts)

    with instead(messages, "of_item", worse):
        yield


@mutant
def a_record_tells_its_first_fact_alone() -> Mutant:
    of_item = messages.of_item
    with instead(messages, "of_item", lambda *told: of_item(*told)[:1]):
        yield


@mutant
def an_inbox_answers_with_the_message_before_the_one_that_failed() -> Mutant:
    hear = inbox.hear

    def worse(event: Any, *more: Any) -> Any:
        ids = [record["messageId"] for record in event["Records"]]
        failed = [each["itemIdentifier"] for each in hear(event, *more)["batchItemFailures"]]
        return {"batchItemFailures": [{"itemIdentifier": ids[ids.index(each) - 1]} for each in failed]}

    with in_all_apps("hear", worse):
        yield


@mutant
def an_inbox_is_done_with_a_batch_once_one_of_it_is_heard() -> Mutant:
    hear = inbox.hear

    def worse(event: Any, *more: Any) -> Any:
        answer = hear(event, *more)
        return answer if len(answer["batchItemFailures"]) == len(event["Records"]) else {"batchItemFailures": []}

    with in_all_apps("hear", worse):
        yield


def in_all_apps(name: str, worse: Any) -> ExitStack:
    """In each app that took it from the chassis by its name."""
    stack = ExitStack()
    for app in load_apps().values():
        if hasattr(app, name):
            stack.enter_context(instead(app, name, worse))
    return stack
