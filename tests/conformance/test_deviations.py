"""Each engine's known deviations are as they are known: one that goes away, or a new one beside it, fails here."""

import time

import pytest

from infra.apps_in_process import ROOT
from infra.local.dynamodb_local import expiry
from tests.conformance import clouds
from tests.conformance.clouds import LOCAL, TABLE, Small
from tests.conformance.cups import get, make, save
from tests.conformance.deviations import DEVIATIONS, Deviation
from tests.infra.runner.calling import eventually

PLAIN = "saucers"


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda each: each.name)
def test_each_engine_answers_as_aws_or_as_is_known_of_it(small: Small, deviation: Deviation) -> None:
    assert deviation.ask(small) == deviation.others.get(small.engine, deviation.right)


@pytest.mark.parametrize("deviation", DEVIATIONS, ids=lambda each: each.name)
def test_the_page_tells_of_each_deviation_whose_it_is(deviation: Deviation) -> None:
    page = (ROOT / "docs" / "reliability.md").read_text()
    assert f"| {deviation.name} | {', '.join(sorted(deviation.others))} |" in page


@pytest.mark.parametrize("small", [LOCAL], indirect=True)
def test_dynamodb_local_deletes_what_has_expired_only_where_there_is_no_index_and_tells_it_by_a_word_of_its_own(
    small: Small,
) -> None:
    """AWS deletes in both, and calls it REMOVE; so does moto (tests/infra/moto/test_expiry.py)."""
    item = {"pk": {"S": "a"}, "expires": {"N": str(int(time.time()) - 20)}}
    clouds.make_table(small.dynamodb, PLAIN, indexed=False)
    for table in (PLAIN, TABLE):
        expiry = {"Enabled": True, "AttributeName": "expires"}
        small.dynamodb.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)
        small.dynamodb.put_item(TableName=table, Item=item)
    told = eventually(lambda: small.told("a", PLAIN)[1:])
    small.dynamodb.delete_table(TableName=PLAIN)
    assert told == [("UNKNOWN_TO_SDK_VERSION", item, None)]
    assert [kind for kind, _, _ in small.told("a")] == ["INSERT"]


@pytest.mark.parametrize("small", [LOCAL], indirect=True)
def test_so_the_local_cloud_takes_away_what_has_expired_and_that_alone(small: Small) -> None:
    now = 2_000_000_000
    expiry_setting = {"Enabled": True, "AttributeName": "expires"}
    small.dynamodb.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=expiry_setting)
    times = {"over": now - 1, "now": now, "a mistake": 1, "later": now + 1}
    for key, at in times.items():
        small.dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": key}, "expires": {"N": str(at)}})
    make(small, save("for ever"))
    expiry.sweep(small.dynamodb, now)
    assert {key for key in [*times, "for ever"] if get(small, key) is None} == {"over"}
    assert [kind for kind, _, _ in small.told("over")] == ["INSERT", "REMOVE"]
