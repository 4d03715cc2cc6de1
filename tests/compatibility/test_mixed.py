"""The last release and the code of now handle one life together, as they do while traffic goes over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.apps_in_process import ROOT
from tests.compatibility.changes import CHANGES, Change
from tests.compatibility.mixed import MANNERS, goes_on, open_mixed
from tests.compatibility.rest import TERMINAL, live_through
from tests.compatibility.versions import Stage, Version, WentWrong, a_stage, unpacked
from tests.shop import Answer

HANDLERS = {
    "customers": {"app", "identify", "relay"},
    "orders": {"app", "identify", "inbox", "relay", "tick"},
    "products": {"app", "identify", "inbox", "relay"},
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with pytest.MonkeyPatch.context() as patch, a_stage() as stage:
        stage.tell_issuer(patch.setenv)
        yield stage


@pytest.fixture(scope="module")
def now(stage: Stage) -> Iterator[Version]:
    with stage.running("now", ROOT) as version:
        yield version


@pytest.fixture(scope="module")
def last(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Version]:
    """The last release."""
    with stage.running("last", unpacked(tmp_path_factory.mktemp("last"))) as version:
        yield version


def test_the_last_release_runs_from_its_own_sources(last: Version, now: Version) -> None:
    assert [Path(place) for place in last.places if not Path(place).is_relative_to(last.folder)] == []
    assert [Path(place) for place in now.places if not Path(place).is_relative_to(ROOT)] == []


@pytest.mark.parametrize(
    ("seed", "mirrored"),
    [(seed, way) for seed, manner in enumerate(MANNERS) for way in (False, True) if not (manner.both and way)],
)
def test_a_life_that_is_handled_half_by_either_version_comes_to_its_rest(
    stage: Stage, last: Version, now: Version, seed: int, mirrored: bool
) -> None:
    shop = open_mixed(stage, [last, now], seed, mirrored=mirrored)
    assert live_through(shop).keys() == TERMINAL
    if shop.manner.both:
        assert shop.handled == {
            (version.name, name, each) for version in (last, now) for name in HANDLERS for each in HANDLERS[name]
        }


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_version_that_can_not_run_beside_the_other_is_noticed(
    stage: Stage, last: Version, now: Version, tmp_path: Path, change: Change
) -> None:
    with stage.running("other", change.made(last.folder, tmp_path / "other")) as other:
        shop = open_mixed(stage, [other, now], change.seed)
        with pytest.raises(WentWrong, match=f"(?s){change.noticed}"):
            live_through(shop)


def test_a_newer_answer_may_tell_more_and_nothing_less() -> None:
    old = Answer(200, {"etag": '"1"'}, {"items": [{"id": "a"}]})
    assert goes_on(old, Answer(200, {"etag": '"1"', "x-new": "1"}, {"items": [{"id": "a", "colour": "blue"}], "n": 1}))
    assert not goes_on(old, Answer(200, {"etag": '"1"'}, {"items": [{"colour": "blue"}]}))
    assert not goes_on(old, Answer(200, {"etag": '"1"'}, {"items": []}))
    assert not goes_on(old, Answer(200, {"etag": '"2"'}, old.body))
    assert not goes_on(old, Answer(201, old.headers, old.body))
