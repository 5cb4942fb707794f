"""Telling the staff at the beginning of a week what waits; secret addresses of calendars."""

import secrets
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from apps.accounts.models import Grant
from apps.accounts.perms import is_staff
from apps.agenda.models import Digest, Feed
from apps.agenda.queries.digests import parts_of_week, week_name
from apps.agenda.queries.feeds import digest_of
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor


@transaction.atomic
def tell_week(*, grant: Grant, today: date) -> bool:
    """Keep the week's digest of one grant as of today; return whether it was new. Once told it stays as it is.

    The grant's user and unit are read already. Nobody but staff is told.
    """
    actor = grant.actor()
    week = week_name(today)
    if not is_staff(actor) or Digest.objects.filter(grant=grant, week=week).exists():
        return False
    row = Digest(user=grant.user, grant=grant, week=week, lines=parts_of_week(actor, today))
    Digest.objects.bulk_create([row], ignore_conflicts=True)
    return True


def mark_read(*, digest: Digest, by: Actor) -> None:
    """The actor has opened his digest."""
    Digest.objects.visible_to(by).filter(pk=digest.pk, read_at=None).update(read_at=timezone.now())


MOST_FEEDS = 5
READ_AGAIN = timedelta(seconds=60)
"""The same address is answered once in this time: programs ask every few hours."""


class TooManyFeeds(Exception):
    """Somebody has as many addresses as anybody needs; the text says what to do."""


@transaction.atomic
def make_feed(*, shows_names: bool, by: Actor) -> str:
    """A new address for the grant in hand. Returns the token, which is kept nowhere. Raises TooManyFeeds."""
    if Feed.objects.visible_to(by).count() >= MOST_FEEDS:
        raise TooManyFeeds(f"最多{MOST_FEEDS}个订阅地址，请先撤销不用的。")
    if by.grant_id is None:
        raise ValueError("an address stands for a grant")
    token = secrets.token_urlsafe(32)
    feed = Feed.objects.create(
        user_id=by.user_id, grant_id=by.grant_id, token_digest=digest_of(token), shows_names=shows_names
    )
    record_event(
        kind=EventKind.SETTING,
        summary=f"建立日历订阅地址（{'写出姓名' if shows_names else '不写姓名'}）",
        by=by,
        data={"feed": feed.pk},
    )
    return token


@transaction.atomic
def revoke_feed(*, feed: Feed, by: Actor) -> None:
    """The address gives nothing from now on."""
    record_event(kind=EventKind.SETTING, summary="撤销日历订阅地址", by=by, data={"feed": feed.pk})
    feed.delete()


@transaction.atomic
def note_reading(*, feed: Feed, by: Actor, events: int) -> bool:
    """Whether the feed may be read now, and if so a line in the log: not more than once in READ_AGAIN."""
    now = timezone.now()
    locked = Feed.objects.select_for_update(of=("self",), no_key=True).filter(pk=feed.pk).first()
    if locked is None or (locked.last_read_at is not None and now - locked.last_read_at < READ_AGAIN):
        return False
    Feed.objects.filter(pk=feed.pk).update(last_read_at=now)
    record_event(
        kind=EventKind.DOWNLOAD,
        summary="日历订阅被读取",
        by=by,
        data={"feed": feed.pk, "events": events},
    )
    return True
