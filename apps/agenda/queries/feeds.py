"""Reading a feed by its token, with the rights of its grant at that moment."""

import hashlib
from datetime import date, timedelta

from apps.accounts.models import Grant
from apps.accounts.perms import is_staff
from apps.agenda.models import Feed
from apps.agenda.queries.entries import KINDS, entries_between
from apps.agenda.rules.ics import DayEvent
from apps.core.scope import Actor

BEFORE, AFTER = timedelta(days=31), timedelta(days=186)
TOKEN_LENGTH = 43


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def feed_of(token: str) -> tuple[Feed, Grant] | None:
    """The feed of a token and its grant; None for an unknown token, one that was revoked, or a grant that has ended or
    whose account is switched off."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    feed = Feed.objects.filter(token_digest=digest_of(token)).first()
    if feed is None:
        return None
    grant = (
        Grant.objects.valid()
        .filter(pk=feed.grant_id, user_id=feed.user_id)
        .select_related("user", "unit")
        .first()
    )
    return (feed, grant) if grant is not None and is_staff(grant.actor()) else None


def events_of(actor: Actor, today: date, *, names: bool) -> list[DayEvent]:
    """A month back and half a year ahead: everything of the calendar but the plain birthdays, of which there are some
    each day."""
    kinds = set(KINDS) - {"birthday"}
    found = entries_between(actor, today - BEFORE, today + AFTER, kinds=kinds, names=names)
    events: list[DayEvent] = []
    seen: dict[tuple[date, str], int] = {}
    for entry in found:
        key = (entry.day, entry.kind)
        seen[key] = seen.get(key, 0) + 1
        uid = f"{entry.kind}-{entry.day:%Y%m%d}-{seen[key]}-{actor.grant_id}@cadre-portal"
        summary = f"{entry.text}（{entry.names}）" if names and entry.names else entry.text
        events.append(DayEvent(uid, entry.day, summary))
    return events
