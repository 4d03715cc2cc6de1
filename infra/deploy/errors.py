"""The one error of deploying: a plain line for people that says what is wrong and what to do."""


class DeployError(Exception):
    """What stops a command; `status` is what the command ends with."""

    status = 1


class Unusable(DeployError):
    """What was asked for can not be begun: a wrong name, no region, no credentials. Nothing was changed."""

    status = 2
