"""Deploying small stacks to an engine that runs CloudFormation itself."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from infra.cli import main
from infra.deploy import stacks
from infra.deploy.artifacts import TEMPLATE_BYTES
from infra.deploy.aws import Aws
from infra.deploy.deployment import Asked
from infra.deploy.errors import DeployError, Unusable
from tests.deploy.deploying import DEV, PROTECTED, deploy, destroy, foresee, outcome, templates
from tests.infra.stacks.project import TEMPLATES
from tests.own_environments import PATIENT

pytestmark = PATIENT


Shelf = Callable[..., Asked]
# A queue that outlives its stack, and an export; {name} keeps tests apart, that share an engine.
QUEUE = """
  Size: {Type: Number, Default: 60}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    Properties: {QueueName: !Sub "emporium-${Stage}-{name}", VisibilityTimeout: !Ref Size}
Outputs:
  Url: {Value: !Ref Queue, Export: {Name: !Sub "emporium-${Stage}-{name}-url"}}
"""
IMPOSSIBLE = """
  Broken:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 99999999}
"""
POOL = """
Resources:
  Pool:
    Type: AWS::Cognito::UserPool
    DeletionPolicy: Retain
    Properties: {UserPoolName: !Sub "emporium-${Stage}-{name}"}
"""
SECRET = """
Resources:
  Secret:
    Type: AWS::SecretsManager::Secret
    DeletionPolicy: Retain
    Properties: {Name: !Sub "emporium-${Stage}-{name}", SecretString: "it is"}
"""
MAYBE = """
  Wanted: {Type: String, Default: ""}
Conditions:
  IsWanted: !Equals [!Ref Wanted, "yes"]
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::SNS::Topic, Condition: IsWanted}
"""
IMPORTER = """
Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !ImportValue "emporium-dev-{name}-url"}}
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Asks for the deployment of a folder that has these templates alone."""

    def asked(name: str = "", parameters: dict[str, str] | None = None, **files: str) -> Asked:
        named = {f"{part}.yaml": text.replace("{name}", part) for part, text in files.items()}
        return Asked(DEV, name, parameters, templates=templates(tmp_path / "templates", named))

    return asked


def status(aws: Aws, part: str) -> str | None:
    stack = stacks.find(aws.cloudformation, f"emporium-dev-{part}")
    return stack.status if stack else None


def timeout(aws: Aws, name: str) -> str:
    url = aws.sqs.get_queue_url(QueueName=f"emporium-dev-{name}")["QueueUrl"]
    return aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"][
        "VisibilityTimeout"
    ]


def test_a_stack_is_created_and_deploying_it_again_changes_nothing(aws: Aws, shelf: Shelf) -> None:
    asked = shelf(tea=QUEUE)
    assert outcome(deploy(aws, asked), "tea") == "created"
    before = stacks.events(aws.cloudformation, "emporium-dev-tea")
    assert outcome(deploy(aws, asked), "tea") == "unchanged"
    assert stacks.events(aws.cloudformation, "emporium-dev-tea") == before


def test_no_change_set_is_left_where_nothing_changes(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(mug=QUEUE))
    before = aws.cloudformation.list_change_sets(StackName="emporium-dev-mug")["Summaries"]
    deploy(aws, shelf(mug=QUEUE))
    assert aws.cloudformation.list_change_sets(StackName="emporium-dev-mug")["Summaries"] == before


def test_what_would_change_is_shown_and_not_done(aws: Aws, shelf: Shelf) -> None:
    assert "  Add Queue (AWS::SQS::Queue)" in foresee(aws, shelf(cup=QUEUE))
    assert status(aws, "cup") is None
    deploy(aws, shelf(cup=QUEUE))
    assert "  Modify Queue (AWS::SQS::Queue)" in foresee(aws, shelf(parameters={"Size": "90"}, cup=QUEUE))
    assert timeout(aws, "cup") == "60"
    assert foresee(aws, shelf(cup=QUEUE)) == ["emporium-dev-cup: unchanged"]


def test_what_stands_under_a_condition_is_shown_where_it_holds(aws: Aws, shelf: Shelf) -> None:
    shown = ["emporium-dev-sieve: 1 change", "  Add Topic (AWS::SNS::Topic)"]
    assert foresee(aws, shelf(sieve=MAYBE)) == shown
    assert "  Add Other (AWS::SNS::Topic)" in foresee(aws, shelf(parameters={"Wanted": "yes"}, sieve=MAYBE))


def test_a_parameter_stays_until_another_is_given(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(parameters={"Size": "90"}, pot=QUEUE))
    assert outcome(deploy(aws, shelf(pot=QUEUE)), "pot") == "unchanged"
    assert timeout(aws, "pot") == "90"
    deploy(aws, shelf(parameters={"Size": "30"}, pot=QUEUE))
    assert timeout(aws, "pot") == "30"


def test_a_default_that_changes_reaches_a_stack_whose_parameter_nobody_gave(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(jug=QUEUE))
    deploy(aws, shelf(jug=QUEUE.replace("Default: 60", "Default: 45")))
    assert timeout(aws, "jug") == "45"


def test_a_failed_change_is_rolled_back_and_the_reason_told(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(can=QUEUE))
    broken = QUEUE.replace("Outputs:", f"{IMPOSSIBLE}Outputs:")
    with pytest.raises(DeployError, match=r"(?s)emporium-dev-can is UPDATE_ROLLBACK_COMPLETE.*Broken \(AWS::SQS") as no:
        deploy(aws, shelf(parameters={"Size": "90"}, can=broken))
    assert no.value.status == 1
    assert timeout(aws, "can") == "60"
    assert outcome(deploy(aws, shelf(parameters={"Size": "30"}, can=QUEUE)), "can") == "updated"


def test_a_stack_whose_first_creation_failed_is_made_anew_with_what_it_left(aws: Aws, shelf: Shelf) -> None:
    broken = QUEUE.replace("Outputs:", f"{IMPOSSIBLE}Outputs:")
    with pytest.raises(DeployError, match=r"(?s)emporium-dev-box is ROLLBACK_COMPLETE.*Broken \(AWS::SQS::Queue\): "):
        deploy(aws, shelf(box=broken))
    said = deploy(aws, shelf(box=QUEUE))
    assert "emporium-dev-box: its first creation failed, so it holds nothing: it is made anew" in said
    assert outcome(said, "box") == "created"
    assert status(aws, "box") in ("UPDATE_COMPLETE", "CREATE_COMPLETE")


def test_a_stack_that_fails_leaves_those_after_it_as_they_are(aws: Aws, shelf: Shelf) -> None:
    exported = "Outputs: {Url: {Value: x, Export: {Name: emporium-dev-rim-url}}}"
    bad = f"Resources:{IMPOSSIBLE}{exported}"
    with pytest.raises(DeployError, match="emporium-dev-rim is ROLLBACK_COMPLETE"):
        deploy(aws, shelf(rim=bad, saucer=IMPORTER.replace("{name}", "rim")))
    assert status(aws, "saucer") is None


def test_what_is_retained_stays_and_is_taken_in_again(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(jar=QUEUE))
    url = aws.sqs.get_queue_url(QueueName="emporium-dev-jar")["QueueUrl"]
    aws.sqs.send_message(QueueUrl=url, MessageBody="a cup of tea")
    assert any("stays: " in line and "emporium-dev-jar" in line for line in destroy(aws, "jar"))
    assert status(aws, "jar") is None
    assert "  Import Queue (AWS::SQS::Queue)" in foresee(aws, shelf(jar=QUEUE))
    said = deploy(aws, shelf(jar=QUEUE))
    assert outcome(said, "jar") == "created"
    assert any("outlived its stack" in line for line in said)
    assert aws.sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "a cup of tea"
    assert outcome(deploy(aws, shelf(jar=QUEUE)), "jar") == "unchanged"


def test_a_user_pool_is_taken_in_again_but_not_where_two_bear_its_name(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(who=POOL))
    [kept] = [line for line in destroy(aws, "who") if line.startswith("  stays: ")]
    said = deploy(aws, shelf(who=POOL))
    assert f"emporium-dev-who: {kept.split()[1]} outlived its stack: it is taken in again" in said
    destroy(aws, "who")
    other = aws.cognito.create_user_pool(PoolName="emporium-dev-who")["UserPool"]["Id"]
    with pytest.raises(DeployError, match=f"2 user pools are called emporium-dev-who .*{other}"):
        deploy(aws, shelf(who=POOL))
    assert status(aws, "who") is None


def test_a_stack_of_somebody_elses_is_left_alone(aws: Aws, shelf: Shelf) -> None:
    template = json.dumps({"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    aws.cloudformation.create_stack(StackName="emporium-dev-theirs", TemplateBody=template)
    with pytest.raises(Unusable, match="of dev there is no theirs"):
        destroy(aws, "theirs")


def test_what_others_import_from_can_not_go_first(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(tin=QUEUE, label=IMPORTER.replace("{name}", "tin")))
    with pytest.raises(DeployError, match="tin can not go: imported by label; destroy that first"):
        destroy(aws, "tin")
    assert status(aws, "tin") == "CREATE_COMPLETE"
    destroy(aws, "label")
    destroy(aws, "tin")
    assert status(aws, "tin") is None


def test_where_a_stage_is_protected_what_keeps_something_refuses_to_be_deleted(aws: Aws, shelf: Shelf) -> None:
    asked = shelf(safe=QUEUE)
    deploy(aws, Asked(PROTECTED, templates=asked.templates))
    stack = stacks.find(aws.cloudformation, "emporium-dev-safe")
    assert stack
    assert stack.protected
    assert "emporium-dev-safe: its protection from deletion is switched off" in destroy(aws, "safe", PROTECTED)


def test_a_template_that_is_too_long_to_be_sent_goes_by_the_bucket(aws: Aws, shelf: Shelf, tmp_path: Path) -> None:
    long = QUEUE + f"Metadata: {{Text: {'x' * TEMPLATE_BYTES}}}\n"
    asked = shelf(big=long)
    (asked.templates / "artifacts.yaml").write_bytes((TEMPLATES / "artifacts.yaml").read_bytes())
    said = deploy(aws, asked)
    assert outcome(said, "artifacts") == "created"
    assert outcome(said, "big") == "created"
    assert outcome(deploy(aws, asked), "big") == "unchanged"


def test_a_parameter_that_no_template_has_is_refused_before_anything_is_made(aws: Aws, shelf: Shelf) -> None:
    with pytest.raises(Unusable, match="--parameter Sise: no template has such a parameter; there are: Size"):
        deploy(aws, shelf(parameters={"Sise": "90"}, pan=QUEUE))
    with pytest.raises(Unusable, match=r"--parameter Stage: infra/stages\.toml says that"):
        deploy(aws, shelf(parameters={"Stage": "prod"}, pan=QUEUE))
    assert status(aws, "pan") is None


def test_a_parameter_of_what_is_not_deployed_now_is_refused_with_what_takes_it(aws: Aws, shelf: Shelf) -> None:
    with pytest.raises(Unusable, match="--parameter Wanted: nothing that is deployed here takes it; tray would"):
        deploy(aws, shelf("pan", {"Wanted": "yes"}, pan=QUEUE, tray=MAYBE))
    assert status(aws, "pan") is None


def test_an_import_that_can_not_be_carried_out_says_why_and_leaves_no_stack(aws: Aws, shelf: Shelf) -> None:
    deploy(aws, shelf(crate=SECRET))
    destroy(aws, "crate")
    # The engine can not import a secret; AWS can.
    with pytest.raises(DeployError, match=r"emporium-dev-crate can not be changed: .*import.*SecretsManager::Secret"):
        deploy(aws, shelf(crate=SECRET))
    assert status(aws, "crate") is None


def test_a_change_set_that_aws_refuses_leaves_no_stack(aws: Aws, shelf: Shelf) -> None:
    with pytest.raises(ClientError, match="Size"):
        deploy(aws, shelf(parameters={"Size": "large"}, lid=QUEUE))
    assert status(aws, "lid") is None


@pytest.fixture
def command(aws: Aws, engine: str, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("AWS_ENDPOINT_URL", engine)
    return CliRunner()


def test_outputs_are_told_for_people_and_for_programs(aws: Aws, shelf: Shelf, command: CliRunner) -> None:
    deploy(aws, shelf(bag=QUEUE))
    told = command.invoke(main, ["outputs", "--stage", "dev"])
    assert "bag " in told.stdout
    assert json.loads(command.invoke(main, ["outputs", "--stage", "dev", "--json"]).stdout)["bag"]["Url"]


def test_destroying_what_is_not_there_tells_what_is(aws: Aws, shelf: Shelf, command: CliRunner) -> None:
    deploy(aws, shelf(dish=QUEUE))
    refused = command.invoke(main, ["destroy", "cofee", "--stage", "dev"])
    assert refused.exit_code == 2
    assert refused.stderr.startswith("emporium: of dev there is no cofee; there is: ")
    assert "dish" in refused.stderr


def test_destroying_asks_for_the_name_of_what_is_destroyed(aws: Aws, shelf: Shelf, command: CliRunner) -> None:
    deploy(aws, shelf(urn=QUEUE))
    for typed in ("", "yes\n", "dev\n"):
        refused = command.invoke(main, ["destroy", "urn", "--stage", "dev"], input=typed)
        assert refused.exit_code == 2
        assert "destroyed" in refused.stderr
    assert status(aws, "urn") == "CREATE_COMPLETE"
    done = command.invoke(main, ["destroy", "urn", "--stage", "dev"], input="emporium-dev-urn\n")
    assert done.exit_code == 0, done.output
    assert status(aws, "urn") is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["deploy", "--stage", "qa"], "--stage: 'qa' is none of the stages; stages.toml has: dev, staging, prod"),
        (["deploy", "--stage", "local"], "--stage: 'local' is what `emporium up` runs"),
        (
            ["deploy", "cofee", "--stage", "dev"],
            "there is no 'cofee' to deploy; capabilities: customers, orders, products",
        ),
        (["deploy", "--stage", "dev", "--parameter", "KeyArn"], "--parameter 'KeyArn': write it as NAME=VALUE"),
        (
            ["destroy", "--stage", "prod"],
            "infra/stages.toml protects prod: to destroy it none the less, add --protected",
        ),
        (["outputs", "--stage", "staging"], "nothing of staging is deployed"),
        (["destroy", "--stage", "staging"], "nothing of staging is deployed"),
        (
            ["configure", "cofee", "--stage", "dev"],
            "there is no capability 'cofee'; there are: customers, orders, products",
        ),
        (
            ["configure", "orders", "--stage", "staging"],
            "orders needs backbone, identity, orders-data, which is not there yet: emporium deploy backbone --stage "
            "staging && emporium deploy identity --stage staging && emporium deploy orders-data --stage staging",
        ),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(command: CliRunner, arguments: list[str], said: str) -> None:
    refused = command.invoke(main, arguments)
    assert refused.exit_code == 2
    assert said in refused.stderr
    assert refused.stderr.count("\n") == 1
