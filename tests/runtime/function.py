"""A packed function in a process of its own, under AWS's runtime interface client, with nothing else within reach."""

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from tests.runtime.api import Ended, RuntimeApi, served

_CLIENT = "awslambdaric"
# As Lambda sets them. https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
_ON_LAMBDA = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EXECUTION_ENV": f"AWS_Lambda_python{sys.version_info.major}.{sys.version_info.minor}",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
    "AWS_LAMBDA_FUNCTION_NAME": "under-test",
    "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
    "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_REGION": "us-east-1",
    "AWS_SECRET_ACCESS_KEY": "test",
    "LANG": "en_US.UTF-8",
    "TZ": ":UTC",
}


class FunctionFailed(Exception):
    """The function did not start, or answered with an error; the message is what it said."""


def install_client(folder: Path) -> Path:
    """Puts the runtime client there, with what it needs and nothing else, as /var/runtime has it on Lambda."""
    for name in with_needs(_CLIENT):
        for file in distribution(name).files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                (folder / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(file.locate()), folder / file)
    return folder


def with_needs(name: str) -> Iterator[str]:
    yield name
    for need in distribution(name).requires or ():
        if "extra ==" not in need:
            yield from with_needs(re.split(r"[^\w.-]", need, maxsplit=1)[0])


class Function:
    """Started at its first event and kept, as Lambda does; `code` is the unpacked zip."""

    def __init__(self, code: Path, handler: str, client: Path, environment: Mapping[str, str]) -> None:
        self.code, self.handler = code, handler
        self.log = ""
        self._client, self._environment = client, environment
        self._api = RuntimeApi()
        self._closing = ExitStack()
        self._process: subprocess.Popen[str] | None = None

    def invoke(self, event: Any) -> Any:
        """Raises FunctionFailed."""
        self._process = self._process or self._start()
        try:
            told = self._api.invoke(event)
        except Ended:
            raise FunctionFailed(f"{self.handler} ended: {self.log}") from None
        if told.error is not None:
            raise FunctionFailed(f"{self.handler}: {told.error['errorType']}: {told.error['errorMessage']}")
        return told.answer

    def elsewhere(self, code: Path) -> "Function":
        """The same function over other code."""
        return Function(code, self.handler, self._client, self._environment)

    @property
    def started(self) -> bool:
        return self._process is not None

    def end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
        self._closing.close()

    def _start(self) -> "subprocess.Popen[str]":
        address = self._closing.enter_context(served(self._api))
        process = subprocess.Popen(
            command(self.handler),
            cwd=self.code,
            env=environment(self.code, self.handler, self._client, address) | dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.log += line
        self._api.end()


def command(handler: str) -> list[str]:
    """Without `site` there are no packages but those of the folders: with -m the working directory is the first."""
    return [sys.executable, "-S", "-m", _CLIENT, handler]


def environment(code: Path, handler: str, client: Path, address: str) -> dict[str, str]:
    """All that the process knows: nothing of this one's environment is handed on."""
    named = {"_HANDLER": handler, "AWS_LAMBDA_RUNTIME_API": address, "LAMBDA_TASK_ROOT": str(code)}
    return _ON_LAMBDA | named | {"PYTHONPATH": str(client), "PATH": os.defpath}
