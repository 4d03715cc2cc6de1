"""What cfn-lint says of a template. Its rules are read once in a process: they take longer than most templates."""

from functools import cache

from cfnlint.config import ConfigMixIn
from cfnlint.decode.decode import decode_str
from cfnlint.runner import Runner


def lint(text: str, *regions: str) -> list[str]:
    """Each thing that is wrong, by the rules that hold in those regions; without any, in us-east-1."""
    template, errors = decode_str(text)
    return [str(match) for match in errors or _linter(regions or ("us-east-1",)).validate_template(template)]


@cache
def _linter(regions: tuple[str, ...]) -> Runner:
    return Runner(ConfigMixIn(regions=list(regions)))
