"""All kinds of faults that can happen, and which of them do: each seed draws its own, and how often (swarm testing)."""

import random
from collections import Counter

# Where an invocation calls AWS: what can happen is the same for every call, unless its name says which.
CALLS = {
    "crash before a call": 0.04,
    "crash after a call": 0.04,
    "throttled": 0.10,
    "timed out, not done": 0.06,
    "timed out, but done": 0.06,
    "answer lost, sent again by the client": 0.10,
    "transaction conflict": 0.20,
    "transaction throttled": 0.10,
    "stale index read": 0.25,
    "keys left unprocessed": 0.25,
    "entries refused for now": 0.20,
    "entry refused for good": 0.01,
    "published in part, then timed out": 0.10,
    "a call takes so long": 0.10,
}
# Between the functions: the most that a kind may happen, of the messages, batches or ticks that there are.
WAYS = {
    "delivered twice": 0.25,
    "delivered late": 0.20,
    "delivered in another order": 0.50,
    "seen again while worked on": 0.20,
    "deletion lost": 0.20,
    "answer of a function lost": 0.15,
    "batch of a stream replayed": 0.25,
    "batch of a stream cut": 0.50,
    "subscription refused, set aside": 0.05,
    "clock wrong by minutes": 0.20,
    "tick missed": 0.30,
    "tick late": 0.30,
    "tick twice": 0.30,
    "function throttled": 0.10,
    "too many requests": 0.10,
}
# Once in a run, or a few times.
EVENTS = {
    "stream off for hours": 0.15,
    "stream off for over a day": 0.05,
    "subscription down for hours": 0.15,
    "inbox off for hours": 0.15,
    "inbox off for weeks": 0.02,
    "subscription down for weeks": 0.10,
    "functions throttled for minutes": 0.15,
    "dead letters redriven": 1.00,
    "dead letters redriven twice, shuffled": 0.20,
    "parked facts told again": 1.00,
    "tool of an operator killed": 0.20,
    "poison message": 0.40,
    "record that can not be told": 0.40,
    "restored from an older snapshot, then told anew": 0.80,
    "fact longer than a message": 0.20,
    "order of 99 lines": 0.05,
    "another release": 0.80,
    "another release, taken back": 0.60,
    "stream off for days": 0.15,
}
# What people do that is hard on a system.
PEOPLE = {
    "request sent again": 0.50,
    "request given up while it is served": 0.20,
    "answer lost on the way to the client": 0.10,
    "same key, another body": 0.20,
    "another customer's key": 0.20,
    "another's order asked for": 0.20,
    "sent twice at once": 0.20,
    "cancelled": 0.60,
    "cancelled by staff": 0.10,
    "cancelled twice at once": 0.50,
    "price changed": 0.50,
    "archived midway": 0.15,
    "stock lost": 0.30,
    "deactivated midway": 0.10,
    "signed out midway": 0.10,
    "erased midway": 0.15,
    "name changed midway": 0.20,
    "price changed as it is told again": 0.15,
}
# What comes of others, and is only counted.
EFFECTS = {"killed at its time limit": 0.0}
KINDS = {**CALLS, **WAYS, **EVENTS, **PEOPLE, **EFFECTS}
ON = 0.6  # of the kinds, in a seed


class Faults:
    """The faults of one seed; `rates` are those that are on, `counted` how often each happened."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(f"faults/{seed}")
        self.counted: Counter[str] = Counter()
        self.healed = False
        self.refused: set[str] = set()  # messages that a topic refused for good
        self.rates = {kind: most * self.chance.random() for kind, most in KINDS.items() if self.chance.random() < ON}

    def hits(self, kind: str, matters: bool = True) -> bool:
        """Whether that happens here and now; what can not matter, as the order of one message, is not counted."""
        rate = self.rates.get(kind, 0.0)
        if self.healed or not rate or self.chance.random() >= rate:
            return False
        self.counted[kind] += matters
        return True

    def heal(self) -> None:
        """From now on nothing happens any more."""
        self.healed = True
