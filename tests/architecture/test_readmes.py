"""The page of each capability says what its code has: what it owns, offers, publishes and listens to."""

import importlib

import pytest

from chassis.aggregates import Aggregates
from infra.apps_in_process import ROOT, app_folders
from infra.contracts.capabilities import capabilities
from tests.architecture.readmes import Told, disagreements, told

CAPABILITIES = capabilities()


def code_of(name: str) -> Told:
    """What the code has, as the page is to say it."""
    capability = CAPABILITIES[name]
    store = importlib.import_module(f"chalicelib.{name}.store")
    kinds = {each.kind for each in vars(store).values() if isinstance(each, Aggregates)}
    return {
        "Owns": {(kind, "") for kind in kinds},
        "Offers": {(f"{door.method} {door.path}", door.role) for door in capability.doors},
        "Publishes": {(fact.__name__, "") for fact in capability.facts.values()},
        "Listens to": {(type.split(".")[2], reaction.__name__) for type, reaction in capability.reactions.items()},
    }


@pytest.mark.parametrize("name", app_folders())
def test_the_page_of_a_capability_says_what_its_code_has(name: str) -> None:
    page = (ROOT / "functions" / name / "README.md").read_text(encoding="utf-8")
    assert disagreements(page, code_of(name)) == []


PAGE = """# things
## Owns
- `thing`: a thing
## Offers
- `GET /things` (public): all of them
## Publishes
- `ThingMade`: there is one
## Listens to
- `OtherMade` → `when_other_made`: makes a thing
"""
CODE = {
    "Owns": {("thing", "")},
    "Offers": {("GET /things", "public")},
    "Publishes": {("ThingMade", "")},
    "Listens to": {("OtherMade", "when_other_made")},
}


def test_a_page_that_agrees_with_the_code_is_read_whole() -> None:
    assert told(PAGE) == CODE
    assert disagreements(PAGE, CODE) == []


@pytest.mark.parametrize(
    ("was", "becomes", "flaw"),
    [
        ("(public)", "(staff)", "Offers: GET /things public is not said"),
        ("`when_other_made`", "`when_another_made`", "Listens to: OtherMade when_another_made is not so"),
        ("- `ThingMade`: there is one\n", "", "Publishes: ThingMade is not said"),
        ("- `thing`: a thing", "- `thing`: a thing\n- `part`: of it", "Owns: part is not so"),
        ("## Publishes", "## Tells", "there is no section 'Publishes'"),
    ],
)
def test_a_page_that_the_code_has_left_behind_is_seen(was: str, becomes: str, flaw: str) -> None:
    assert flaw in disagreements(PAGE.replace(was, becomes), CODE)
