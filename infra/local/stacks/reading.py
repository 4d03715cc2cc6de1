"""Reads a CloudFormation template from YAML, short tags (`!Ref`, `!Sub`) included.

PyYAML (with its parser in C), not cfn-lint's reader: importing that one takes longer than applying every template.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from infra.local.stacks.errors import TemplateError

# Sections that change what the others mean (Mappings, Transform, Rules, Hooks) are refused, not skipped.
_SECTIONS = {"Parameters", "Conditions", "Globals", "Resources", "Outputs"}
_REMARKS = {"AWSTemplateFormatVersion", "Description", "Metadata"}


@dataclass(frozen=True)
class Template:
    name: str
    parameters: Mapping[str, Any]
    conditions: Mapping[str, Any]
    globals: Mapping[str, Any]
    resources: Mapping[str, Any]
    outputs: Mapping[str, Any]


def read(path: Path) -> Template:
    """Raises TemplateError for a file that is missing, not YAML, or has a section that is not understood.

    The same text is worked out once in a process: what is given is to be read, and not to be changed.
    """
    return _read(path, _text(path))


@functools.lru_cache(maxsize=64)
def _read(path: Path, text: str) -> Template:
    sections = _document(path, text)
    for section in sections.keys() - _SECTIONS - _REMARKS:
        raise TemplateError(path.name, str(section), "this section is not understood")
    known = {section.lower(): _section(path, sections, section) for section in _SECTIONS}
    return Template(name=path.name, **known)


def document(path: Path) -> dict[str, Any]:
    """All that the file says, whatever its sections; raises TemplateError for a file that is missing or not YAML."""
    return _document(path, _text(path))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise TemplateError(str(path), "", f"can not be read: {error.strerror}") from error


def _document(path: Path, text: str) -> dict[str, Any]:
    try:
        sections = parsed(text)
    except yaml.YAMLError as error:
        raise TemplateError(path.name, "", f"is not YAML: {_in_a_line(error)}") from error
    if not isinstance(sections, dict):
        raise TemplateError(path.name, "", "is not a mapping of sections")
    return sections


def parsed(text: str) -> Any:
    """What the YAML says, every tag as the long form of its function; raises yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # nosec B506  # a SafeLoader


def _in_a_line(error: yaml.YAMLError) -> str:
    """What is wrong, and where."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return " ".join(str(error).split())


def _section(path: Path, sections: dict[str, Any], section: str) -> dict[str, Any]:
    entries = sections.get(section, {})
    if not isinstance(entries, dict):
        raise TemplateError(path.name, section, "is not a mapping")
    for name, entry in entries.items():
        if not isinstance(entry, dict):
            raise TemplateError(path.name, f"{section}.{name}", "is not a mapping")
    return entries


class _Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: dates stay strings, and a tag is the long form of its function."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own way of setting this
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuses a key that stands twice: PyYAML would take the last one and say nothing."""
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.MarkedYAMLError(problem=f"the key {key} stands twice", problem_mark=node.start_mark)
        return super().construct_mapping(node, deep)


def _long_form(loader: _Loader, name: str, node: yaml.Node) -> dict[str, Any]:
    function = name if name in ("Ref", "Condition") else f"Fn::{name}"
    value = _tagged_value(loader, node)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {function: value}


def _tagged_value(loader: _Loader, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _long_form)
