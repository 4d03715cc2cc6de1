"""Tells which apps a change of files concerns: their own folder, and what its symlinks lead to."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from watchfiles import Change, DefaultFilter
from watchfiles import watch as watch_files

from infra.local.apps import App

# What tools and `chalice` itself write; Python's caches and the like are in the default filter.
_IGNORED = (".chalice/deployed", ".chalice/deployments", ".ruff_cache")


def watch(apps: Sequence[App], on_change: Callable[[frozenset[str]], None]) -> None:
    """Calls with the names of the apps that a change concerns; blocks for ever."""
    roots = {app.name: roots_of(app.folder) for app in apps}
    paths = sorted({root for each in roots.values() for root in each})
    for changes in watch_files(*paths, watch_filter=_Filter(), debounce=400, raise_interrupt=False):
        if names := concerned(roots, (Path(path) for _, path in changes)):
            on_change(names)


def concerned(roots: Mapping[str, Sequence[Path]], changed: Iterable[Path]) -> frozenset[str]:
    """The apps one of whose roots holds a changed file."""
    # Resolved: the watcher may name a shared file by any of the symlinks that lead to it.
    paths = [path.resolve() for path in changed]
    return frozenset(
        name for name, own in roots.items() if any(path.is_relative_to(root) for path in paths for root in own)
    )


def roots_of(folder: Path) -> list[Path]:
    """The app's folder, and the real places of the symlinks in it: shared code is vendored by a symlink."""
    roots = [folder.resolve()]
    for place, folders, files in os.walk(folder):
        links = [Path(place, name) for name in [*folders, *files] if Path(place, name).is_symlink()]
        roots += [link.resolve() for link in links if link.exists()]
    return roots


class _Filter(DefaultFilter):
    def __call__(self, change: Change, path: str) -> bool:
        return super().__call__(change, path) and not any(part in path for part in _IGNORED)
