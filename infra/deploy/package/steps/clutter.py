"""Drops what came with the packages and no function reads.

For arm64 on Python 3.11: 0.27 MB of deployment.zip (1.77 without this step), 0.64 MB of authorizer.zip (6.41).
"""

import shutil
from pathlib import Path

NAME = "clutter"
_FOLDERS = (
    "*.dist-info",  # for installers
    "**/tests",
    "dateutil/zoneinfo",  # time zones for where the system has none
    # The cryptography calls the compiled part of cffi alone, _cffi_backend; these compile.
    "cffi",
    "pycparser",
)
_FILES = ("**/*.pyi", "**/py.typed", "**/*.c", "**/*.h", "**/*.pxd", "**/*.pyx")  # for compilers and editors


def apply(folder: Path) -> None:
    for path in [each for pattern in _FOLDERS for each in folder.glob(pattern)]:
        shutil.rmtree(path)
    for path in [each for pattern in _FILES for each in folder.glob(pattern)]:
        path.unlink()
