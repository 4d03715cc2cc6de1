"""What the clock causes here; others' facts nothing yet, for customers listens to nobody."""

from chalicelib.customers import store
from chassis import clock, telling
from chassis.inbox import Reaction


def when_time_passes() -> None:
    """Tells customers again of which the others keep copies: what they lost comes back to them."""
    telling.tell_again(store.TABLE, clock.now())


REACTIONS: dict[str, Reaction] = {}
