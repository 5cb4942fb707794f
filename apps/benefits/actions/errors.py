"""Why something about benefits is refused."""


class NotPossible(Exception):
    """The act does not fit how things stand; the text says why and what to do."""
