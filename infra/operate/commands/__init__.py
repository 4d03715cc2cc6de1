"""The operators' commands, each in a module of its own."""
