"""What watches the shop, made from what its templates declare: alarms, each with its runbook, and dashboards.

`watched` adds a capability's own to its merged SAM template; the dashboard of the business stands in
infra/templates/watching.yaml, where `python -m infra.watching` writes it.
"""

from infra.watching.watched import watched

__all__ = ["watched"]
