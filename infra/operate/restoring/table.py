"""Raises and tells what a restored table has, and looks after what others still know of things that it has no more."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from chassis import clock, items
from chassis.table import BATCH
from infra.operate.copies import COPIES, Copies
from infra.operate.facts import Item, Wanted, facts_of, find, get
from infra.operate.pace import Pace
from infra.operate.place import Place
from infra.operate.restoring.items import KINDS, Plain, floor, made_anew, raised
from infra.operate.telling import tell


@dataclass(frozen=True)
class Step:
    """One thing that was done, counted by its verb; `what` is for people to know, `stays` what is left to them."""

    verb: str
    what: str = ""
    stays: bool = False


@dataclass(frozen=True)
class Run:
    """Where, of which capability, how fast, and whether only to tell what would be done."""

    place: Place
    capability: str
    pace: Pace
    dry_run: bool = False

    def above(self) -> int:
        """Of the table that there is now: a table is always restored to a new one."""
        made = self.place.dynamodb.describe_table(TableName=self.place.table(self.capability))
        return floor(made["Table"]["CreationDateTime"])


def raise_all(run: Run) -> Iterator[Step]:
    """Each item of the capability's own, raised and told; one that was raised before is only told."""
    above = run.above()
    for kind in KINDS[run.capability]:
        for batch in hundreds(find(run.place, run.capability, Wanted(kind))):
            yield from _raise(run, {item["pk"]["S"]: item for item in batch}, above)


def look_after_copies(run: Run) -> Iterator[Step]:
    """What others still know of things that are not there any more."""
    above = run.above()
    for copies in (each for each in COPIES if each.of == run.capability):
        for batch in hundreds(find(run.place, copies.at, Wanted(copies.kind))):
            known = {item["pk"]["S"]: items.read_item(item) for item in batch}
            there = get(run.place, run.capability, known)
            for copy in (copy for key, copy in known.items() if key not in there):
                yield from _look_after(run, copies, copy, above)


def hear_again(run: Run) -> Iterator[Step]:
    """Has all told again that the table keeps copies of, and what orders were answered."""
    heard = [(each.of, each.kind) for each in COPIES if each.at == run.capability]
    answers = [("products", "reservation")] if run.capability == "orders" else []
    for teller, kind in (*heard, *answers):
        yield from _tell(run, teller, find(run.place, teller, Wanted(kind)))


def hundreds(found: Iterator[Item]) -> Iterator[Sequence[Item]]:
    """As many at a time as can be read together."""
    while batch := list(islice(found, BATCH)):
        yield batch


def _raise(run: Run, batch: dict[str, Item], above: int) -> Iterator[Step]:
    """Whoever saves at the same time goes first: what was saved is read, and raised, once more."""
    left, now = batch, dict[str, Item]()
    while left:
        copies = _copies(run, left)
        met: list[str] = []
        for key, item in left.items():
            before = items.read_item(item)
            after = raised(before, copies.get(key, ()), above, clock.now())
            now[key] = items.write_item(after)
            if after == before:
                continue
            if not run.dry_run and not _put(run, now[key], "version = :was", {":was": item["version"]}):
                met.append(key)
                continue
            yield _raised(key.partition("#")[2], before, after)
        left = get(run.place, run.capability, met)
    yield from _tell(run, run.capability, iter(now.values()))


def _raised(id: str, before: Plain, after: Plain) -> Step:
    if after.get("erased_at") != before.get("erased_at"):
        return Step("erased anew", id)
    return Step("deactivated anew", id) if after.get("status") != before.get("status") else Step("raised")


def _copies(run: Run, batch: Mapping[str, object]) -> dict[str, list[Plain]]:
    found: dict[str, list[Plain]] = {}
    kind = next(iter(batch)).partition("#")[0]
    for copies in (each for each in COPIES if (each.of, each.kind) == (run.capability, kind)):
        for key, copy in get(run.place, copies.at, batch).items():
            found.setdefault(key, []).append(items.read_item(copy))
    if kind == "customer":  # what is closed there was an erased customer's
        counted = get(run.place, "orders", (key.replace("customer#", "allowance#", 1) for key in batch))
        for key, allowance in counted.items():
            found.setdefault(key.replace("allowance#", "customer#", 1), []).append(items.read_item(allowance))
    return found


def _look_after(run: Run, copies: Copies, copy: Plain, above: int) -> Iterator[Step]:
    anew = made_anew(copy, above, clock.now())
    if anew is None:
        yield from _forget(run, copies, copy)
        return
    if not run.dry_run:
        if copies.kind == "product":  # first: a product is nowhere without its stock
            stock = {"pk": f"stock#{copy['sku']}", "sku": copy["sku"], "version": above}
            _put(run, items.write_item(stock | dict.fromkeys(("on_hand", "reserved", "available"), 0)))
        _put(run, items.write_item(anew))
    if copies.kind == "product":
        yield Step(
            "lost", f"product {copy['sku']} was added since, and is there again: archived, its stock to be counted"
        )
    else:
        yield Step("taken back")
    yield from _tell(run, run.capability, iter([items.write_item(anew)]))


def _forget(run: Run, copies: Copies, copy: Plain) -> Iterator[Step]:
    """A copy gets a version below all that its owner may tell, should the same come to be again."""
    if copy["status"] != "active":
        return
    yield Step("lost", f"{copies.kind} {copy['id']} came since, and is not there; {copies.at} still knows of it")
    if copy["version"] and not run.dry_run:
        below = {":was": {"N": str(copy["version"])}}
        _put(run, items.write_item(copy | {"version": 0}), "version = :was", below, at=copies.at)


def _put(
    run: Run,
    item: Item,
    condition: str = "attribute_not_exists(pk)",
    values: Mapping[str, Any] | None = None,
    at: str | None = None,
) -> bool:
    """Whether the item was written; not where the condition did not hold."""
    given = {"ExpressionAttributeValues": values} if values else {}
    table = run.place.table(at or run.capability)
    run.pace.take(1)
    try:
        run.place.dynamodb.put_item(TableName=table, Item=item, ConditionExpression=condition, **given)  # type: ignore[arg-type]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def _tell(run: Run, teller: str, found: Iterator[Item]) -> Iterator[Step]:
    for told in tell(run.place, teller, found, facts_of(teller), run.pace, dry_run=run.dry_run):
        yield Step("not told", f"{told.key}: {told.cause}", stays=True) if told.cause else Step("told")
