"""What docs/operations.md asks the logs for is what they tell."""

import ast
import re
import subprocess

import botocore.session
import pytest
from botocore import xform_name

from infra.apps_in_process import ROOT
from infra.watching.dashboard import WORTH_A_LOOK
from tests.architecture.sources import sources

TEXT = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
QUERIES = [*re.findall(r"^ask '([^']+)'", TEXT, re.M), WORTH_A_LOOK]
BLOCKS = re.findall(r"^```sh\n(.+?)^```", TEXT, re.M | re.S)
# A command of the AWS CLI up to where the shell goes on to something else; its parts, and its options.
COMMAND = re.compile(r"\baws (?!configure)([a-z-]+) ([a-z-]+)((?:\\\n|[^\n|;`)])*)")
OF_THE_CLI = {"query", "output"}
# What Logs Insights finds out by itself, and its own words.
BUILT_IN = {"@timestamp", "@log", "@message", "@type", "@initDuration", "@duration", "@maxMemoryUsed"}
WORDS = {"filter", "fields", "stats", "sort", "limit", "by", "as", "desc", "like", "in", "count", "pct", "max", "bin"}


def said() -> tuple[set[str], set[str]]:
    """What lines of the log say as their message, and the fields that they have."""
    messages: set[str] = set()
    fields = {"at", "level", "message", "trace", "stage", "capability", "function", "request_id", "xray", "cold_start"}
    for source in sources("chassis", "functions"):
        for node in ast.walk(source.tree):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="log")), args=[ast.Constant(str(message)), *_]):
                    messages.add(message)
                    fields |= {each.arg for each in node.keywords if each.arg} | {"cause", "traceback"}
    return messages, fields


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_asks_for_messages_that_are_told_and_fields_that_they_have(query: str) -> None:
    messages, fields = said()
    for listed in re.findall(r'message (?:=|in) (?:\[([^\]]+)\]|("[^"]+"))', query):
        assert set(re.findall(r'"([^"]+)"', "".join(listed))) <= messages
    bare = re.sub(r'"[^"]*"|/[^/]+/', "", query)  # without texts and patterns
    own = set(re.findall(r"\bas (\w+)", bare))  # names that it gives itself
    asked = set(re.findall(r"@?\b[a-zA-Z_]\w*", bare))
    assert asked - fields - BUILT_IN - WORDS - own - {"asc", "coalesce"} == set()


def test_a_field_that_no_line_has_would_be_seen() -> None:
    messages, fields = said()
    assert "not heard" in messages
    assert {"event", "received", "ms", "route"} <= fields
    assert "order_id" not in fields


def test_there_are_queries_and_each_is_one_line_of_a_shell() -> None:
    assert len(QUERIES) > 10
    assert TEXT.count("\nask '") == len(QUERIES) - 1


@pytest.mark.parametrize("block", BLOCKS)
def test_a_block_of_commands_is_one_that_a_shell_reads(block: str) -> None:
    assert subprocess.run(["sh", "-n"], input=block, text=True, capture_output=True).stderr == ""


def test_every_command_of_aws_is_one_that_it_has_with_the_options_that_it_takes() -> None:
    session = botocore.session.get_session()
    commands = COMMAND.findall(TEXT)
    assert len(commands) > 15
    for service, named, given in commands:
        if named == "wait":
            named = _waited_for(session, service, given)
        model = session.get_service_model(service)
        operation = {xform_name(each, "-"): each for each in model.operation_names}[named]
        taken = model.operation_model(operation).input_shape
        options = {xform_name(each, "-") for each in (taken.members if taken else ())}
        asked = {each.removeprefix("no-") for each in re.findall(r"--([a-z-]+)", given)}
        assert asked <= options | OF_THE_CLI, f"{service} {named}"


def _waited_for(session: botocore.session.Session, service: str, given: str) -> str:
    """The operation that is asked until what is waited for is there: `aws dynamodb wait table-exists`."""
    waiters = session.get_waiter_model(service)
    named = {xform_name(each, "-"): each for each in waiters.waiter_names}
    return xform_name(waiters.get_waiter(named[given.split()[0]]).operation, "-")
