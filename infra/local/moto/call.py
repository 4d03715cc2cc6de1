"""An HTTP request as it came in, before anybody has interpreted it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Headers(dict[str, str]):
    """Header fields by name, in whatever case the name is written."""

    def __init__(self, pairs: Mapping[str, str] | list[tuple[str, str]]) -> None:
        items = pairs.items() if isinstance(pairs, Mapping) else pairs
        super().__init__((name.lower(), value) for name, value in items)

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: str = "") -> str:  # type: ignore[override]
        return super().get(name.lower(), default)


@dataclass(slots=True)
class Call:
    """`target` is the path with its query, as it stands in the request line; `fields` are the headers as sent."""

    method: str
    target: str
    headers: Headers
    body: bytes = b""
    fields: list[tuple[str, str]] = field(default_factory=list)
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.headers.get('host')}{self.target}"

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]


class Answer(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes
