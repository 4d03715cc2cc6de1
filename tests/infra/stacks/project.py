"""Where the project's own templates are, and small templates of one's own."""

from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "infra" / "templates"
BACKBONE = TEMPLATES / "backbone.yaml"
DATA = sorted(TEMPLATES.glob("*-data.yaml"))
IDENTITY = TEMPLATES / "identity.yaml"
STACKS = [BACKBONE, IDENTITY, *DATA]
KEY = TEMPLATES / "key.yaml"  # for a real cloud only
WATCHING = TEMPLATES / "watching.yaml"  # likewise; tests/watching looks at it
OVERLAYS = sorted(TEMPLATES.glob("*-app.yaml"))
STAGE = {"Stage": "local"}
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0000-4000-8000-000000000000"


def a_template(directory: Path, text: str, name: str = "a.yaml") -> Path:
    path = directory / name
    path.write_text(dedent(text), encoding="utf-8")
    return path
