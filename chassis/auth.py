"""Who may call what: each route declares the least role that may use it."""

from typing import Literal

Role = Literal["public", "customer", "staff"]
ROLES: tuple[Role, ...] = ("public", "customer", "staff")
