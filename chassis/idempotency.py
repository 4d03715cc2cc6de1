"""The same request met again: told by its Idempotency-Key and by what it asked for (IETF draft, section 2)."""

from chassis.clock import derived_id
from chassis.refusals import KeyUsedForAnotherRequest


def mark(key: str | None, caller: str, fingerprint: str) -> str | None:
    """What a made thing keeps of the request that made it; None where the request had no key.

    A key is its caller's own: the same key of somebody else is another.
    """
    return None if key is None else f"{derived_id(caller, key)}/{fingerprint}"


def is_replay(kept: str | None, asked: str | None) -> bool:
    """Whether the thing was made by this request; raises KeyUsedForAnotherRequest where only the key is the same."""
    if kept is None or asked is None or kept.partition("/")[0] != asked.partition("/")[0]:
        return False
    if kept != asked:
        raise KeyUsedForAnotherRequest
    return True
