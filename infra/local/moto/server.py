"""The embedded cloud as a process: `python -m infra.local.moto.server --port N`."""

import argparse
import functools
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from infra.local.data import Unusable, claim
from infra.local.dynamodb_local import expiry as expiry_there
from infra.local.dynamodb_local.engine import Engine
from infra.local.dynamodb_local.forwarding import Forwarder
from infra.local.moto import expiry, express, general, kept_accounts, kept_letters
from infra.local.moto.call import Answer, Call
from infra.local.moto.hardening import harden
from infra.local.moto.wire import Server

GRACE_SECONDS = 3
ENDS = {signal.SIGTERM, signal.SIGINT}
Elsewhere = Callable[[Call], Answer | None]  # answers what is not asked of moto


def nowhere(call: Call) -> Answer | None:
    return None


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.moto.server", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--tied", action="store_true", help="end when standard input does")
    parser.add_argument("--dynamodb", type=Path, metavar="FOLDER", help="of DynamoDB Local, to be used for the tables")
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="where all is kept from one run to the next")
    return parser.parse_args()


def make_server(port: int, elsewhere: Elsewhere = nowhere) -> Server:
    """A hardened cloud, not started yet. Raises OSError when the port is taken."""
    harden()
    return Server(port, functools.partial(respond, general.application(), elsewhere))


def respond(application: general.Application, elsewhere: Elsewhere, call: Call) -> Answer:
    if answer := elsewhere(call):
        return answer
    raw = express.answer(call)
    if raw is None:
        return general.answer(application, call)
    status, headers, body = raw
    fields = [(name, str(value)) for name, value in headers.items()]
    return Answer(status, fields, body if isinstance(body, bytes) else body.encode())


def main() -> int:
    options = arguments()
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s", level=logging.WARNING)
    # Awaited and not handled: a handler that runs while the main thread is about to wait would wait for itself.
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDS)
    try:
        held = kept_in(options.data) if options.data else ()
        tables = options.data / "tables" if options.data else None
        engine = Engine(options.dynamodb, tables, engine_ended, held) if options.dynamodb else None
        server = make_server(options.port, Forwarder(engine.port, engine.key).answer if engine else nowhere)
    except Unusable as problem:
        print(problem, file=sys.stderr)
        return 2
    except OSError as problem:
        reason = os.strerror(problem.errno or 0)
        print(f"port {options.port} of 127.0.0.1 can not be used: {reason}", file=sys.stderr)
        return 2
    serve(server, options.tied, tables_elsewhere=engine is not None)
    if engine:
        engine.stop()
    return int(bool(engine and engine.ended_early))


def serve(server: Server, tied: bool, *, tables_elsewhere: bool) -> None:
    """Until a signal ends it, or the end of the standard input that it is tied to."""
    if tied:
        threading.Thread(target=end_with_input, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.port}"
    sweep = functools.partial(expiry_there.keep_sweeping, endpoint) if tables_elsewhere else expiry.keep_sweeping
    threading.Thread(target=sweep, args=(server.stopping,), daemon=True).start()
    quiet_collector()
    server.start()
    print(f"the cloud listens on {endpoint}", flush=True)
    signal.sigwait(ENDS)
    server.stop(GRACE_SECONDS)


def kept_in(data: Path) -> tuple[int, ...]:
    """From now on letters and accounts are kept there; gives what holds the folder. Raises Unusable."""
    held = claim(data)
    harden()  # what keeps goes round what is mended
    kept_letters.keep(data / "letters")
    kept_accounts.keep(data / "accounts.json")
    return (held,)


def engine_ended() -> None:
    print("DynamoDB Local has ended", file=sys.stderr, flush=True)
    os.kill(os.getpid(), signal.SIGTERM)


def quiet_collector() -> None:
    """What was imported stays: to look through it again and again for garbage would cost a tenth of the work."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def end_with_input() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
