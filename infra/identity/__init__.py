"""People at a running shop: how they sign up and in, and those whom a local shop starts with."""

PASSWORD = "Only-local-1234"  # nosec B105  # no secret: who has it is on this machine already
CUSTOMERS = {"ada@example.com": "Ada", "grace@example.com": "Grace"}
STAFF = "staff@example.com"
