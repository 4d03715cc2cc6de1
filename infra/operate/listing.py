"""Dead letters as people read them."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence

from chassis import clock
from infra.operate.letters import Letter, age
from infra.operate.lines import Line, failures


def line(letter: Letter) -> str:
    """One line: its id, what it is, and what it is about."""
    return f"{letter.id}  {letter.kind}  {letter.about}"


def described(letter: Letter, lines: Iterable[Line]) -> list[str]:
    """That line, and below it the cause, when it failed, how often, and its age."""
    told = failures(lines, letter.id)
    cause = told.cause if told else letter.cause or "not known here: the logs tell it"
    first = told.first if told else clock.stamp(letter.first)
    last = told.last if told else clock.stamp(letter.sent_at) if letter.box == "relay" else "not known here"
    times = str(told.times) if told else letter.attempts
    return [
        line(letter),
        f"  cause: {cause}",
        f"  failed first: {first}  last: {last}  attempts: {times}  age: {age(clock.now() - letter.sent_at)}",
    ]


def whole(letter: Letter, lines: Sequence[Line]) -> list[str]:
    """All there is of a letter: its attributes, its body, and the lines of the log."""
    attributes = [f"  {name}: {value.get('StringValue', '')}" for name, value in sorted(letter.attributes.items())]
    told = [json.dumps(each, ensure_ascii=False) for each in lines]
    return [*described(letter, lines), *attributes, _indented(letter.body), *told]


def summary(letters: Sequence[Letter], depth: int, capability: str, stage: str) -> str:
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(each.kind for each in letters).items()))
    shown = f" ({kinds})" if kinds else ""
    more = f"; {depth - len(letters)} more are not shown: --max shows more" if depth > len(letters) else ""
    return f"{capability} at {stage}: {len(letters)} dead {'letter' if len(letters) == 1 else 'letters'}{shown}{more}"


def _indented(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except ValueError:
        return body
