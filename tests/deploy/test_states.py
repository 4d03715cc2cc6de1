"""What a stack's status lets a deployment do, and why one failed."""

import pytest

from infra.deploy.errors import DeployError
from infra.deploy.states import Begin, begin, is_over, reasons


@pytest.mark.parametrize("status", [None, "DELETE_COMPLETE", "REVIEW_IN_PROGRESS"])
def test_a_stack_that_holds_nothing_is_created(status: str | None) -> None:
    assert begin("tea", status) is Begin.CREATE


@pytest.mark.parametrize(
    "status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"]
)
def test_a_whole_stack_is_updated(status: str) -> None:
    assert begin("tea", status) is Begin.UPDATE


def test_a_stack_whose_first_creation_failed_is_made_anew() -> None:
    assert begin("tea", "ROLLBACK_COMPLETE") is Begin.REMAKE


@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS", "DELETE_IN_PROGRESS"])
def test_a_stack_that_is_worked_on_is_waited_for(status: str) -> None:
    with pytest.raises(DeployError, match=f"tea is {status}: somebody's deployment is under way; wait"):
        begin("tea", status)


def test_a_stack_whose_way_back_failed_is_mended_by_hand() -> None:
    with pytest.raises(DeployError, match="aws cloudformation continue-update-rollback --stack-name tea"):
        begin("tea", "UPDATE_ROLLBACK_FAILED")


def test_a_change_that_was_left_where_it_failed_is_taken_back_and_its_stack_never_deleted() -> None:
    with pytest.raises(DeployError, match="aws cloudformation rollback-stack --stack-name tea") as no:
        begin("tea", "UPDATE_FAILED")
    assert "delete" not in str(no.value)


@pytest.mark.parametrize("status", ["CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"])
def test_a_broken_stack_is_looked_at_and_deleted_by_hand(status: str) -> None:
    with pytest.raises(DeployError, match=r"describe-stack-events --stack-name tea.*delete-stack --stack-name tea"):
        begin("tea", status)


def test_cleaning_up_is_waited_for_too() -> None:
    assert not is_over("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
    assert is_over("UPDATE_ROLLBACK_COMPLETE")


def an_event(logical_id: str, status: str, reason: str = "") -> dict[str, str]:
    event = {"LogicalResourceId": logical_id, "ResourceType": "AWS::X", "ResourceStatus": status}
    return event | ({"ResourceStatusReason": reason} if reason else {})


def test_the_reasons_are_of_what_failed_by_itself_in_the_order_of_time() -> None:
    happened = [
        an_event("Table", "CREATE_IN_PROGRESS"),
        an_event("Queue", "CREATE_FAILED", "no such key"),
        an_event("Table", "CREATE_FAILED", "Resource creation cancelled"),
        an_event("Topic", "CREATE_FAILED"),
    ]
    assert reasons(happened) == ["Queue (AWS::X): no such key", "Topic (AWS::X): no reason given"]
