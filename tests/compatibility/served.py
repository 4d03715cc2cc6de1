"""One version of the shop in a process of its own: asked by lines of JSON, it answers each with a line.

Its argument is the folder of the version's sources, and nothing else of the tree is imported: it may be an older one.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import sys
import traceback
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

CONTEXT = SimpleNamespace(aws_request_id="00000000-0000-4000-8000-000000000000")


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever else is printed is no answer
    apps = load(Path(sys.argv[1]))
    print(json.dumps(places(apps)), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(apps, json.loads(line))), file=answers, flush=True)


def load(folder: Path) -> dict[str, ModuleType]:
    """Each capability's app; from now on the packages that they share are the folder's."""
    found = sorted(folder.glob("functions/*/app.py"))
    sys.path[:0] = [str(folder), *(str(path.parent) for path in found)]
    return {path.parent.name: _module(f"{path.parent.name}_app", path) for path in found}


def places(apps: Mapping[str, ModuleType]) -> list[str]:
    """Where this version's code is from."""
    packages = [*importlib.import_module("chassis").__path__, *importlib.import_module("chalicelib").__path__]
    return [*packages, *(str(app.__file__) for app in apps.values())]


def answer(apps: Mapping[str, ModuleType], asked: Mapping[str, Any]) -> dict[str, Any]:
    """What a handler makes of an event at a time, and the lines that it logs."""
    now = datetime.fromisoformat(asked["now"])
    importlib.import_module("chassis.clock").use(lambda: now, lambda seconds: None)
    said = io.StringIO()
    told: dict[str, Any] = {}
    with contextlib.redirect_stdout(said):
        try:
            told["answer"] = getattr(apps[asked["app"]], asked["handler"])(asked["event"], CONTEXT)
        except Exception:
            told["fault"] = traceback.format_exc()
    return told | {"said": said.getvalue().splitlines()}


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
