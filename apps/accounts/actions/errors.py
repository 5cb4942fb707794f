"""What an action answers when it cannot be done."""


class NotPossible(Exception):
    """The act is not allowed as things stand; the text says why and what to do."""
