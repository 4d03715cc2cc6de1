"""No function that is deployed runs, opens or believes what a caller sent."""

import pytest

from tests.architecture.dangers import dangers
from tests.architecture.sources import Source, sources


def test_no_deployed_code_starts_processes_makes_code_or_objects_of_text_or_opens_files() -> None:
    assert dangers(sources("chassis", "functions")) == []


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("import subprocess", "imports subprocess"),
        ("import xml.sax", "imports xml.sax"),
        ("def f(a):\n    import pickle", "imports pickle"),
        ("eval(given)", "calls eval on line 1"),
        ("import os\nos.system(given)", "calls os.system on line 2"),
        ("os.execv(given)", "calls os.execv on line 1"),
        ("open(given)", "calls open on line 1"),
        ("hashlib.md5(given)", "calls hashlib.md5 on line 1"),
        ("re.fullmatch(given, text)", "makes a pattern of what it is given on line 1"),
        ("re.compile(f'{given}')", "makes a pattern of what it is given on line 1"),
        ("client('sns', verify=False)", "verifies no certificate on line 1"),
    ],
)
def test_a_danger_is_seen_with_its_place(text: str, danger: str) -> None:
    assert dangers([Source("chassis/a.py", text)]) == [f"chassis/a.py: {danger}"]


def test_what_is_safe_is_allowed() -> None:
    text = "import hashlib, re\nre.compile(r'a')\nhashlib.sha256(b'')\nclient('sns', verify=True)\nself.open()"
    assert dangers([Source("chassis/a.py", text)]) == []
