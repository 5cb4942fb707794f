"""Rules of visits: pure functions on values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class VisitorEntry:
    """One of those who went, with his post and level of that day; ``leader_id`` where he is on the leaders' list."""

    name: str
    post: str
    level: str
    leader_id: int | None = None
