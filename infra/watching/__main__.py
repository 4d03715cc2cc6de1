"""Writes the dashboard of the business into its template: `python -m infra.watching`."""

from pathlib import Path
from textwrap import indent

from infra.watching import business

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "watching.yaml"
BEGIN = "      # Made by python -m infra.watching, down to the end of the file.\n"


def written(text: str) -> str:
    """The template with the dashboard as it is by now."""
    kept, begin, _ = text.partition(BEGIN)
    return f"{kept}{begin}      DashboardBody:\n        Fn::Sub: |-\n{indent(business.dashboard(), ' ' * 10)}\n"


if __name__ == "__main__":
    TEMPLATE.write_text(written(TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")
