"""What becomes of a restored item: it is raised, and what protects people is not undone by an older state."""

from datetime import UTC, datetime
from typing import Any

from infra.operate.restoring.items import floor, made_anew, raised

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ABOVE = floor(NOW)


def a_customer(version: int = 3, **changes: Any) -> dict[str, Any]:
    person = {"email": "ada@example.com", "name": "Ada", "addresses": [{"city": "London"}]}
    times = dict.fromkeys(("created_at", "changed_at"), "2026-01-01T00:00:00Z")
    item = {"pk": "customer#ada", "id": "ada", "version": version, "status": "active", **person, **times}
    return item | {"outbox": [{"fact": "CustomerRegistered", "trace": ""}]} | changes


def a_copy(version: int, status: str = "active") -> dict[str, Any]:
    return {"pk": "customer#ada", "id": "ada", "version": version, "status": status}


def test_a_version_is_raised_above_all_that_was_told_and_once_alone() -> None:
    again = raised(a_customer(), [a_copy(3)], ABOVE, NOW)
    assert again == a_customer(ABOVE + 3)
    assert raised(again, [a_copy(3)], ABOVE, NOW) is again


def test_after_another_restore_to_the_same_time_it_is_another_version() -> None:
    assert raised(a_customer(), [], ABOVE + 60, NOW)["version"] > raised(a_customer(), [], ABOVE, NOW)["version"] + 50


def test_who_was_deactivated_since_is_so_again_as_late_as_it_was_heard() -> None:
    gone = raised(a_customer(), [a_copy(4, "deactivated")], ABOVE, NOW)
    assert (gone["status"], gone["outbox"][0]["fact"]) == ("deactivated", "CustomerDeactivated")
    late = raised(a_customer(ABOVE + 3), [a_copy(4, "deactivated")], ABOVE, NOW)
    assert (late["status"], late["version"]) == ("deactivated", ABOVE + 4)
    assert raised(late, [a_copy(4, "deactivated")], ABOVE, NOW) is late


def test_of_who_was_erased_since_nothing_is_left() -> None:
    closed = {"pk": "allowance#ada", "id": "ada", "version": 2, "closed": True}
    erased = raised(a_customer(), [closed], ABOVE, NOW)
    assert (erased["email"], erased["name"], erased["status"], erased["version"]) == ("", "", "deactivated", ABOVE + 3)
    assert erased.keys().isdisjoint({"addresses", "phone"})
    assert [told["fact"] for told in erased["outbox"]] == ["CustomerDeactivated", "CustomerErased"]
    assert raised(erased, [a_copy(5, "deactivated"), closed], ABOVE, NOW) is erased


def test_what_is_known_better_once_it_was_raised_is_one_version_more() -> None:
    out = {"pk": "sign_out#ada", "id": "ada", "version": ABOVE + 1, "signed_out_at": "2026-03-01T10:00:00Z"}
    later = out | {"version": 2, "signed_out_at": "2026-03-01T11:00:00.500Z"}
    known = raised(out, [later], ABOVE, NOW)
    assert (known["version"], known["signed_out_at"]) == (ABOVE + 2, later["signed_out_at"])
    assert raised(later, [out], ABOVE, NOW)["signed_out_at"] == later["signed_out_at"]


def test_of_a_customer_a_copy_says_too_little_to_make_it_anew() -> None:
    assert made_anew(a_copy(1), ABOVE, NOW) is None
