"""The Java that DynamoDB Local runs on: JAVA_HOME's or the first on the path, and new enough."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from infra.local.dynamodb_local.package import Unavailable

OLDEST = 17


def java() -> str:
    """Its path; raises Unavailable."""
    home = os.environ.get("JAVA_HOME")
    found = shutil.which("java", path=str(Path(home, "bin"))) if home else shutil.which("java")
    if found is None:
        where = f"in JAVA_HOME, {home}" if home else "here"
        raise Unavailable(f"DynamoDB Local needs Java {OLDEST} or newer, and there is none {where}")
    said = subprocess.run([found, "-version"], stdin=subprocess.DEVNULL, capture_output=True, text=True).stderr
    met = re.search(r'version "(\d+)(?:\.(\d+))?', said)
    version = int(met[2] if met[1] == "1" and met[2] else met[1]) if met else 0  # Java 8 calls itself 1.8
    if version < OLDEST:
        raise Unavailable(f"DynamoDB Local needs Java {OLDEST} or newer; {found} says: {said.strip()[:100]}")
    return found
