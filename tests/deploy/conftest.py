"""What the tests of deploying share."""

from tests.deploy.packages import packages

__all__ = ["packages"]
