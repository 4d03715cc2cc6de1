"""The embedded cloud as a process, and clients for it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 60
SERVER = [sys.executable, "-m", "infra.local.moto.server", "--tied", "--port"]


@contextmanager
def a_cloud(*flags: str, killed: bool = False) -> Iterator[str]:
    """The endpoint of a cloud on a free port, that ends when its input does, or is killed."""
    process = subprocess.Popen(
        [*SERVER, "0", *flags], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield process.stdout.readline().split()[-1]
    finally:
        if killed:
            process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait(PATIENCE_SECONDS)


def client(endpoint: str, service: Any) -> Any:
    config = Config(
        account_id_endpoint_mode="disabled",
        max_pool_connections=64,
        retries={"total_max_attempts": 1},
        read_timeout=PATIENCE_SECONDS,
    )
    return boto3.client(
        service,
        endpoint_url=endpoint,
        config=config,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
