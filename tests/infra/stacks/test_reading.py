"""Reading a template: CloudFormation's YAML, and the refusal of what has no meaning here."""

from pathlib import Path
from typing import Any

import pytest

from infra.local.stacks.errors import TemplateError
from infra.local.stacks.reading import read
from tests.infra.stacks.project import a_template


def read_value(directory: Path, yaml: str) -> Any:
    return read(a_template(directory, f"Outputs: {{It: {{Value: {yaml}}}}}")).outputs["It"]["Value"]


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!GetAtt Table.Arn", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!GetAtt Stack.Outputs.Arn", {"Fn::GetAtt": ["Stack", "Outputs.Arn"]}),
        ("!Sub 'a-${B}'", {"Fn::Sub": "a-${B}"}),
        ("!Join ['-', [a, !Ref B]]", {"Fn::Join": ["-", ["a", {"Ref": "B"}]]}),
        ("!Sub ['${x}', {x: !Ref B}]", {"Fn::Sub": ["${x}", {"x": {"Ref": "B"}}]}),
        ("!If [C, 1, !Ref 'AWS::NoValue']", {"Fn::If": ["C", 1, {"Ref": "AWS::NoValue"}]}),
        ("!Not [!Condition C]", {"Fn::Not": [{"Condition": "C"}]}),
        ("!ImportValue {'Fn::Sub': 'a'}", {"Fn::ImportValue": {"Fn::Sub": "a"}}),
    ],
)
def test_a_short_tag_is_read_as_the_long_form_of_its_function(tmp_path: Path, short: str, long: Any) -> None:
    assert read_value(tmp_path, short) == long


def test_a_date_stays_the_text_that_was_written(tmp_path: Path) -> None:
    assert read_value(tmp_path, "2012-10-17") == "2012-10-17"


def test_remarks_are_passed_over(tmp_path: Path) -> None:
    path = a_template(tmp_path, "AWSTemplateFormatVersion: 2010-09-09\nDescription: x\nMetadata: {a: b}\n")
    assert read(path).resources == {}


@pytest.mark.parametrize("section", ["Mappings", "Transform", "Rules", "Hooks"])
def test_a_section_that_changes_the_others_is_refused_by_name(tmp_path: Path, section: str) -> None:
    with pytest.raises(TemplateError, match=f"^a.yaml: {section}: this section is not understood"):
        read(a_template(tmp_path, f"{section}: {{}}"))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("Resources: [,]", "is not YAML: line 1: did not find expected node content"),
        ("just words", "is not a mapping"),
        ("Resources: [a]", "Resources: is not"),
        ("Resources: {Table: [a]}", "Resources.Table: is not a mapping"),
        ("Resources: {Table: {}, Table: {}}", "is not YAML: line 1: the key Table stands twice"),
    ],
)
def test_what_is_not_a_template_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(TemplateError, match=f"^a.yaml: {fault}"):
        read(a_template(tmp_path, text))


def test_a_template_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match=r"nowhere\.yaml: can not be read: No such file"):
        read(tmp_path / "nowhere.yaml")
