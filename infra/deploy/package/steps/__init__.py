"""What makes a packed function start fast: one step a trick, each with what it saves, each of which can be left out.

A step is a module with a NAME, by which it is switched off, and `apply(folder)`, which changes the folder that becomes
the zip. It finds the folder as the steps before it left it, and leaves alone what is not there.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from infra.deploy.package.steps import (
    bytecode,
    ca_bundle,
    clutter,
    init_phase,
    sdk,
    service_data,
    sources,
    stubs,
    symbols,
)


class Step(Protocol):
    """What each module of this package is."""

    NAME: str

    def apply(self, folder: Path) -> None: ...


STEPS: Sequence[Step] = (sdk, service_data, stubs, ca_bundle, init_phase, clutter, symbols, bytecode, sources)
