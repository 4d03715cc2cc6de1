"""DynamoDB Local as a child of the cloud: its command, its key, and its end."""

import secrets
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from infra.local.dynamodb_local.java import java
from infra.local.dynamodb_local.package import JAR
from infra.local.ports import free_port

# Quick to start and small: the processors are the apps'.
_VIRTUAL_MACHINE = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")
_GRACE_SECONDS = 5


class Engine:
    """A running DynamoDB Local. It listens on every address of the machine, for it has no setting for that.

    So its tables are kept under a key that nobody can guess: whoever asks by another key has other tables. It is kept
    with the data, and stands on no command line.
    """

    def __init__(
        self, folder: Path, data: Path | None, on_early_end: Callable[[], None], held: tuple[int, ...] = ()
    ) -> None:
        """Its tables are in memory where there is no `data`; `on_early_end` is called if it ends before `stop`.

        `held` are descriptors that it has open for as long as it runs.
        """
        self.port = free_port()
        self.key = _kept_key(data) if data else secrets.token_hex(16)
        self.ended_early = self._stopping = False
        self._on_early_end = on_early_end
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.dynamodb_local.tied", *command(folder, self.port, data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,  # it tells its settings
            pass_fds=held,
        )
        threading.Thread(target=self._watch, daemon=True).start()

    def stop(self) -> None:
        self._stopping = True
        self._process.terminate()
        try:
            self._process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _watch(self) -> None:
        self._process.wait()
        assert self._process.stdin is not None  # nosec B101  # for mypy: it is a pipe
        self._process.stdin.close()
        if not self._stopping:
            self.ended_early = True
            self._on_early_end()


def command(folder: Path, port: int, data: Path | None) -> list[str]:
    kept = ["-dbPath", str(data)] if data else ["-inMemory"]
    libraries = f"-Djava.library.path={folder / 'DynamoDBLocal_lib'}"
    jar = ["-jar", str(folder / JAR), "-port", str(port), "-disableTelemetry", *kept]
    return [java(), *_VIRTUAL_MACHINE, libraries, *jar]


def _kept_key(data: Path) -> str:
    file, beside = data / "key", data / "key.new"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        beside.touch(mode=0o600)
        beside.write_text(secrets.token_hex(16))
        beside.rename(file)  # whole, or not there
    return file.read_text()
