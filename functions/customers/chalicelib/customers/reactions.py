"""What others' facts cause here: nothing yet, for customers listens to nobody."""

from chassis.inbox import Reaction

REACTIONS: dict[str, Reaction] = {}
