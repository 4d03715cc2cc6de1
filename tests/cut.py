"""Functions that come to an end in the middle: clients of AWS that tell of each call before it is made."""

from collections.abc import Callable
from typing import Any

import boto3

from chassis import aws

Made = Callable[[str, Callable[..., Any], dict[str, Any]], Any]  # name, call and what it is given; makes the call


def told_of_calls(made: Made) -> None:
    """From now on each call of AWS is made by that."""
    aws.use(lambda service: _Calls(boto3.client(service), made))  # type: ignore[call-overload]  # any service


class _Calls:
    def __init__(self, real: Any, made: Made) -> None:
        self.real, self.made = real, made

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda **given: self.made(name, getattr(self.real, name), given)


class Crash(BaseException):
    """The process is gone: no handler of exceptions sees it."""


class Cut:
    """From now on the process ends at that call, before or after it; `calls` are those that were made."""

    def __init__(self, at: int, after: bool) -> None:
        self.at, self.after, self.calls = at, after, list[str]()
        told_of_calls(self._made)

    def _made(self, name: str, call: Callable[..., Any], given: dict[str, Any]) -> Any:
        self.calls.append(name)
        if len(self.calls) - 1 != self.at:
            return call(**given)
        if self.after:
            call(**given)
        raise Crash
