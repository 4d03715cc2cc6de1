"""What a line of the log and a line of metrics cost: `python -m benchmarks.lines`.

Processor time of one line, written to a pipe that a thread empties, as on Lambda; the least of several rounds, which is
what the code costs where nobody else is at work.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

from chassis import invocations, log, metrics

CONTEXT = SimpleNamespace(function_name="emporium-dev-orders-APIHandler-1A2B3C", aws_request_id="8f2c" * 9)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--lines", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=7)
    given = options.parse_args()
    os.environ |= {"METRICS": "on", "STAGE": "dev", "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793"}
    invocations.begin("orders", CONTEXT)
    timed = {
        "an invocation begins": lambda: invocations.begin("orders", CONTEXT),
        "a line of the log": lambda: log.say("answered", method="POST", route="/orders", status=202, ms=3.1),
        "a line of metrics": lambda: metrics.measure({"OrdersConfirmed": 1, "TimeToConfirmationSeconds": 0.4}),
    }
    for name, tell in timed.items():
        print(f"{name}: {microseconds(tell, given.lines, given.rounds):.1f} us", file=sys.stderr)


def microseconds(tell: Callable[[], object], times: int, rounds: int) -> float:
    return min(_round(tell, times) for _ in range(rounds)) / times * 1e6


def _round(tell: Callable[[], object], times: int) -> float:
    reader, writer = os.pipe()
    threading.Thread(target=_empty, args=(reader,), daemon=True).start()
    before, sys.stdout = sys.stdout, os.fdopen(writer, "w")
    began = time.thread_time()
    for _ in range(times):
        tell()
    took = time.thread_time() - began
    sys.stdout.close()
    sys.stdout = before
    return took


def _empty(reader: int) -> None:
    while os.read(reader, 65536):
        pass
    os.close(reader)


if __name__ == "__main__":
    main()
