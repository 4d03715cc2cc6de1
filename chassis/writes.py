"""Conditional writes as data: what is to be written, and on what condition, before anything is done.

A write that changes an item also sets or removes its `outbox`: a fact is told by the one write that caused it. Only a
touch leaves it as it is, to have the same facts told again.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from chassis import auth, items, log

Request = dict[str, Any]


class Versioned(Protocol):
    """A state that counts its versions from 1: each save is the next one."""

    @property
    def version(self) -> int: ...


class Save(Struct, frozen=True):
    """The next version of an aggregate and the facts it tells: only over the version before it.

    A fact is named, not written out: its content is the public part of this very item (see chassis.relay).
    """

    key: str
    state: Versioned
    facts: Sequence[type] = ()
    index: Mapping[str, str] = {}

    def item(self) -> dict[str, Any]:
        told = [{"fact": fact.__name__, "trace": log.trace(), "actor": auth.acting()} for fact in self.facts]
        item = {"pk": self.key, **msgspec.to_builtins(self.state), "version": self.state.version, **self.index}
        return item | ({"outbox": told} if told else {})

    def request(self) -> Request:
        if self.state.version == 1:
            return _put(self.item(), "attribute_not_exists(pk)")
        return _put(self.item(), "version = :version", {":version": self.state.version - 1})


class Copy(Struct, frozen=True):
    """What another capability told of its state: only over an older version of it.

    A state whose attribute has the value that `final` names stays so, whatever else is told before or after it, at
    whichever version: a table that was restored tells anew what it was before.
    """

    key: str
    state: Versioned
    final: tuple[str, str] | None = None

    def request(self) -> Request:
        item = {"pk": self.key} | msgspec.to_builtins(self.state)
        condition, values = "attribute_not_exists(pk) OR version < :version", {":version": self.state.version}
        if self.final is None:
            return _put(item, condition, values)
        name, last = self.final
        condition += f" {'OR' if item[name] == last else 'AND'} #final <> :final"  # AND binds closer than OR
        return _put(item, condition, values | {":final": last}, {"#final": name})


class Count(Struct, frozen=True):
    """Counters moved without reading them: none may fall below zero, those in `expect` must be as they were read."""

    key: str
    add: Mapping[str, int]
    expect: Mapping[str, int] = {}

    def request(self) -> Request:
        moves = {name: by for name, by in self.add.items() if by} | {"version": 1}
        few = {name: -by for name, by in moves.items() if by < 0}
        values = _named(":", moves) | _named(":least_", few) | _named(":was_", self.expect)
        enough = [f"#{name} >= :least_{name}" for name in few]
        same = [f"#{name} = :was_{name}" for name in self.expect]
        return {
            "Update": {
                "Key": items.write_item({"pk": self.key}),
                "UpdateExpression": f"ADD {', '.join(f'#{name} :{name}' for name in moves)} REMOVE outbox",
                "ConditionExpression": " AND ".join(["attribute_exists(pk)", *enough, *same]),
                # "count", "level", "total" and some 570 other words may not stand in an expression themselves
                "ExpressionAttributeNames": {f"#{name}": name for name in {**moves, **self.expect}},
                "ExpressionAttributeValues": items.write_item(values),
            }
        }


class Claim(Struct, frozen=True):
    """A name that only one owner may hold."""

    key: str
    owner: str

    def request(self) -> Request:
        free = "attribute_not_exists(pk) OR owned_by = :owner"
        return _put({"pk": self.key, "owned_by": self.owner}, free, {":owner": self.owner})


class Tally(Struct, frozen=True):
    """One more of what may happen so many times until it is forgotten at `expires` (seconds of the epoch)."""

    key: str
    at_most: int
    expires: int

    def request(self) -> Request:
        return {
            "Update": {
                "Key": items.write_item({"pk": self.key}),
                "UpdateExpression": "ADD hits :one SET expires = :expires REMOVE outbox",
                "ConditionExpression": "attribute_not_exists(hits) OR hits < :at_most",
                "ExpressionAttributeValues": items.write_item(
                    {":one": 1, ":expires": self.expires, ":at_most": self.at_most}
                ),
            }
        }


class Touch(Struct, frozen=True):
    """An item as it is, but for its place in an index (None: in none any more): what it told last is told again.

    Only where it stands at the place at which it was found: whatever was saved in between has a place of its own, and
    an item that is gone comes not back.
    """

    key: str
    range: str
    was: str
    then: str | None

    def request(self) -> Request:
        moved = "SET #place = :then" if self.then else "REMOVE #place"
        values = {":was": self.was} | ({":then": self.then} if self.then else {})
        return {
            "Update": {
                "Key": items.write_item({"pk": self.key}),
                "UpdateExpression": moved,
                "ConditionExpression": "#place = :was",
                "ExpressionAttributeNames": {"#place": self.range},
                "ExpressionAttributeValues": items.write_item(values),
            }
        }


Write = Save | Copy | Count | Claim | Tally | Touch


def _named(prefix: str, values: Mapping[str, int]) -> dict[str, int]:
    return {prefix + name: value for name, value in values.items()}


def _put(
    item: Mapping[str, Any],
    condition: str,
    values: Mapping[str, Any] | None = None,
    names: Mapping[str, str] | None = None,
) -> Request:
    request: Request = {"Item": items.write_item(item), "ConditionExpression": condition}
    if values:
        request["ExpressionAttributeValues"] = items.write_item(values)
    if names:
        request["ExpressionAttributeNames"] = names
    return {"Put": request}
