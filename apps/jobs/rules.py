"""How long a job is waited for and who a scheduled one works as. Pure functions on values."""

from datetime import timedelta

from apps.core.scope import Actor

TRIES = 5
FIRST_PAUSE = timedelta(seconds=10)
FILE_DAYS = 7
"""A result's file is kept so long; whoever needs it later has it made again."""
PORTAL = "portal"
"""Role of the portal itself, at work on its own schedule. No person has it, and no permission names it."""


def pause_before(attempt: int, jitter: float) -> timedelta:
    """Wait after the ``attempt``-th try (from 1) broke down: 10 s · 3ⁿ⁻¹, shortened or lengthened by up to a fifth,
    so that jobs that broke down together do not come back together. ``jitter``: 0 to 1."""
    return FIRST_PAUSE * 3 ** (attempt - 1) * (0.8 + 0.4 * jitter)


def system_actor(county_id: int | None = None) -> Actor:
    """The portal at work for itself: in the whole city, or in one county."""
    return Actor(
        user_id=0,
        name="系统",
        role=PORTAL,
        db_role="s_city" if county_id is None else "s_county",
        county_id=county_id,
    )
