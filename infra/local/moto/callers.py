"""Who waits for an answer: a message must not be handed to somebody who has hung up."""

import threading
from collections.abc import Callable


class Caller(threading.local):
    """The caller that this thread works for; within one process there is no line to be cut."""

    connected: Callable[[], bool] = staticmethod(lambda: True)


CALLER = Caller()
