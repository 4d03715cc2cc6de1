"""Several clients at once: threads that work off one list, whose results come as they are ready."""

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Iterable[T], clients: int) -> Generator[R, None, None]:
    """The results, as they are ready; the items are taken up in their order.

    Raises what `work` raised first. Whoever stops listening (an error, Ctrl-C) leaves at once: no further item is
    taken up, and what is under way is not waited for.
    """
    waiting, lock, over = iter(items), threading.Lock(), threading.Event()
    results: SimpleQueue[tuple[R] | BaseException | None] = SimpleQueue()

    def client() -> None:
        try:
            while not over.is_set():
                with lock:
                    item = next(waiting)
                results.put((work(item),))
        except StopIteration:
            results.put(None)
        except BaseException as error:
            results.put(error)

    for _ in range(clients):
        threading.Thread(target=client, daemon=True).start()
    try:
        yield from _received(results, clients)
    finally:
        over.set()


def _received(results: "SimpleQueue[tuple[R] | BaseException | None]", clients: int) -> Iterator[R]:
    while clients:
        match results.get():
            case None:
                clients -= 1
            case BaseException() as error:
                raise error
            case (result,):
                yield result
