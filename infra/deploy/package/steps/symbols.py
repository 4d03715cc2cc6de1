"""Empties the symbol tables of compiled modules, which debuggers read and the loader does not.

0.69 MB of authorizer.zip for arm64 on Python 3.11 (6.46 without this step): the cryptography comes with its own.
`strip` does the same where it knows the other machine's files; zeros need no tool, and are packed into nothing.
https://refspecs.linuxfoundation.org/elf/gabi4+/ch4.sheader.html
"""

import struct
from collections.abc import Iterator
from pathlib import Path

NAME = "symbols"
_ELF_64_LITTLE = b"\x7fELF\x02\x01"
_HEADERS = struct.Struct("<40xQ10xHH")  # where the sections' headers are, how long each is, how many there are
_SECTION = struct.Struct("<4xIQ8xQQI")  # kind, flags, where it is, how long it is, which section has its names
_SYMBOLS = 2  # SHT_SYMTAB; what the loader reads is another kind (SHT_DYNSYM)


def apply(folder: Path) -> None:
    """Leaves alone what is not for a 64-bit machine of Lambda's kind."""
    for path in folder.rglob("*.so"):
        content = bytearray(path.read_bytes())
        if content.startswith(_ELF_64_LITTLE):
            for start, length in list(_unread(content)):
                content[start : start + length] = bytes(length)
            path.write_bytes(content)


def _unread(content: bytearray) -> Iterator[tuple[int, int]]:
    """Where each table of symbols is and the names of these, and how long."""
    place, each, count = _HEADERS.unpack_from(content)
    sections = [_SECTION.unpack_from(content, place + each * number) for number in range(count)]
    for kind, _, start, length, names in sections:
        if kind == _SYMBOLS:
            yield start, length
            _, in_memory, names_start, names_length, _ = sections[names]
            if not in_memory:
                yield names_start, names_length
