"""Puts next to nothing in place of two parts that the SDK imports at each start and a function never uses.

botocore's writer of reference pages makes the docstrings of clients; urllib3 could speak HTTP/2 if a package were there
that is not, and looks for the version of it. 9 ms of processor time a cold start, 48 of 753 million instructions.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path

NAME = "stubs"

_NOTHING = '''"""Whatever is asked for here can be made, called and looked into, and does nothing."""


class _Nothing:
    def __call__(self, *given, **named):
        return self

    def __getattr__(self, name):
        return self


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Nothing()
'''

_PROBE = '''"""No server is asked whether it speaks HTTP/2."""


def acquire_and_get(host, port):
    return False


def set_and_release(host, port, supports_http2):
    pass
'''

_STUBS: Mapping[str, Mapping[str, str]] = {
    "botocore/docs": {"__init__.py": "", "docstring.py": _NOTHING, "utils.py": _NOTHING},
    "urllib3/http2": {"__init__.py": "", "probe.py": _PROBE},
}


def apply(folder: Path) -> None:
    """Each package keeps the names that are imported of it."""
    for name, modules in _STUBS.items():
        if (folder / name).is_dir():
            shutil.rmtree(folder / name)
            (folder / name).mkdir()
            for module, text in modules.items():
                (folder / name / module).write_text(text, encoding="utf-8")
