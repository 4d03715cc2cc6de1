"""Puts a function of ours around or in place of one of moto's."""

import functools
from collections.abc import Callable
from typing import Any


def around(owner: Any, name: str, wrapper: Callable[..., Any]) -> None:
    """From now on a call of owner.name is a call of wrapper(original, *args, **kwargs)."""
    original = getattr(owner, name)

    @functools.wraps(original)
    def call(*args: Any, **kwargs: Any) -> Any:
        return wrapper(original, *args, **kwargs)

    setattr(owner, name, call)


def instead(owner: Any, **replacements: Any) -> None:
    """Each named attribute of owner is replaced; a name that owner does not have is a mistake of ours."""
    for name, replacement in replacements.items():
        if not hasattr(owner, name):
            raise AttributeError(f"{owner!r} has no {name!r} to replace: moto has changed")
        setattr(owner, name, replacement)
