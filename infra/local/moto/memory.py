"""Nothing grows with traffic: moto keeps every model, every published message and every signing certificate."""

from collections import deque
from collections.abc import Callable
from typing import Any

from moto.core.common_models import BaseModel
from moto.sns.models import Topic

from infra.local.moto.patching import around, instead

LAST_NOTIFICATIONS = 100


def untracked(cls: type[BaseModel], *args: Any, **kwargs: Any) -> BaseModel:
    return object.__new__(cls)


def new_topic(original: Callable[..., None], self: Topic, *args: Any, **kwargs: Any) -> None:
    original(self, *args, **kwargs)
    self.sent_notifications = deque(maxlen=LAST_NOTIFICATIONS)  # type: ignore[assignment]


def mend() -> None:
    instead(BaseModel, __new__=staticmethod(untracked))
    around(Topic, "__init__", new_topic)
