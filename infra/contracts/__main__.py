"""Writes the contracts: `python -m infra.contracts`."""

from infra.contracts.command import contracts

if __name__ == "__main__":
    contracts()
