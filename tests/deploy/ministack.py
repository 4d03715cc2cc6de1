"""A local engine that deploys CloudFormation itself: MiniStack, as a process of its own, empty at its start."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from infra.local import cloud
from infra.local.ministack import ENVIRONMENT, LOCK
from infra.local.ports import free_port
from infra.own_environment import prepared
from tests.infra.moto.running import PATIENCE_SECONDS, ROOT


@contextmanager
def running() -> Iterator[str]:
    """Its URL. It ends with the block, or when this process does."""
    prepared(ENVIRONMENT, LOCK)
    port = free_port()
    command = [sys.executable, "-m", "infra.local.ministack", "--port", str(port), "--tied"]
    # What it says goes nowhere: nobody reads a pipe, and it must not fill up.
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        cloud.wait_until_ready(url, time.monotonic() + PATIENCE_SECONDS)
        yield url
    finally:
        process.kill()
        process.communicate()
