"""What keeps a capability from being packed."""


class NotPacked(Exception):
    """The message is one line, which says what is wrong and what to do; nothing was written."""
