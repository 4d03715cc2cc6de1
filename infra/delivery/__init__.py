"""Bringing the shop to its stages: a look whether it works there, and what goes into what is brought."""
