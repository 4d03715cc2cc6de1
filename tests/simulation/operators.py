"""Operators: the unmodified tools of infra/operate, at work on the cloud in memory, their calls as prone as any other.

A tool that is gone midway (Crash) makes no more calls, as a process that was killed; somebody has to run it again.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.errors import DeployError
from infra.operate import redrive as redriving
from infra.operate.boxes import open_boxes
from infra.operate.letters import Box
from infra.operate.pace import Pace
from infra.operate.place import Place
from tests.simulation.clients import Client, Crash
from tests.simulation.faults import Faults
from tests.simulation.world import World, topic

RATE = 50.0  # letters a second
BROKEN = (BotoCoreError, ClientError, DeployError)  # what ends a tool with a message


@dataclass(frozen=True)
class Simulated(Place):
    """The world's own stage: its things have the capability's name, and no stage in it."""

    def table(self, capability: str) -> str:
        return capability

    def topic(self, capability: str) -> str:
        return topic(capability)


@dataclass
class Process:
    """One run of a tool; `gone` once it was killed."""

    gone: bool = False


class Tool(Client):
    """A client of a tool, which has paginators and exceptions too."""

    process: Process

    @property
    def exceptions(self) -> Any:
        return self._real.exceptions

    def get_paginator(self, operation: str) -> "Pages":
        return Pages(getattr(self, operation))

    def _call(self, name: str, asked: dict[str, Any]) -> Any:
        if self.process.gone:
            raise Crash
        try:
            answer = super()._call(name, asked)
            if self._faults.hits("tool of an operator killed"):
                raise Crash
        except Crash:
            self.process.gone = True
            raise
        return answer


@dataclass(frozen=True)
class Pages:
    """All pages of an operation that gives the place to go on from."""

    ask: Callable[..., Any]

    def paginate(self, **asked: Any) -> Iterator[Any]:
        page = self.ask(**asked)
        yield page
        while "LastEvaluatedKey" in page:
            page = self.ask(**asked, ExclusiveStartKey=page["LastEvaluatedKey"])
            yield page


def a_place(world: World, faults: Faults | None = None) -> Place:
    """Where one run of a tool looks: to be made anew for each."""
    process = Process()

    def client(real: Any) -> Any:
        tool = Tool(real, world.scheduler, faults or world.faults, world.count)
        tool.process = process
        return tool

    return Simulated("simulation", client(world.dynamodb), client(world.sns), client(world.sqs), topics="")


def run(world: World, named: str, tool: Callable[[Place], None], faults: Faults | None = None) -> bool:
    """Whether a tool came to its end, in the task that calls this; what it left undone it does when it is run again."""
    world.busy += 1
    try:
        tool(a_place(world, faults))
    except (Crash, *BROKEN) as error:
        world.scheduler.tell(named, type(error).__name__)
        return False
    finally:
        world.busy -= 1
    return True


def redrive(world: World, capability: str, only: Box | None = None) -> bool:
    """`emporium dlq redrive CAPABILITY`, with --queue where only one is meant."""

    def tool(place: Place) -> None:
        with ExitStack() as stack:
            boxes = [stack.enter_context(each) for each in open_boxes(place, capability, only)]
            pace = Pace(RATE)
            for box in boxes:
                for outcome in redriving.redrive(box, capability, box.take(box.depth()), pace):
                    world.scheduler.tell("redriven", outcome.letter.id, outcome.healed)

    return run(world, f"redrive {capability}", tool)
