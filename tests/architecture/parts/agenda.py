"""The guards' part: calendar, feeds, digests, birthdays."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from apps.accounts.models import Grant
from apps.agenda.models import Digest, Feed
from apps.agenda.queries.digests import week_name
from apps.agenda.queries.feeds import digest_of
from tests.architecture.kinds import ACTION, PAGE, PUBLIC, REGISTER, STAFF, Url
from tests.architecture.seen import Objects

URLS: dict[str, Url] = {
    "agenda:calendar": Url(PAGE, REGISTER),
    "agenda:digests": Url(PAGE, STAFF),
    "agenda:digest-read": Url(ACTION, STAFF, "digest"),
    "agenda:feeds": Url(PAGE, STAFF),
    "agenda:feed-make": Url(ACTION, STAFF, post=422),
    "agenda:feed-revoke": Url(ACTION, STAFF, "feed"),
    # An address that opens something is written to the log each time: tests/agenda/test_feeds.py.
    "agenda:feed": Url(PUBLIC, what="address", get=404),
    "agenda:birthdays": Url(PAGE, REGISTER),
    "agenda:birthdays-print": Url(ACTION, REGISTER),
    "agenda:birthday-paper": Url(ACTION, STAFF),
}


def _own(what: str) -> Callable[[Any, str], Objects]:
    """One's own and another's."""

    def find(world: Any, role: str) -> Objects:
        rows = world.more[what]
        mine = role if role in rows else "clerk_a"
        return Objects(rows[mine], tuple(path for name, path in rows.items() if name != mine))

    return find


def _address(world: Any, role: str) -> Objects:
    return Objects({"token": "x" * 43})


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "digest": _own("digests"),
    "feed": _own("feeds"),
    "address": _address,
}


def build(world: Any) -> None:
    """A digest and a calendar address of every member of the staff."""
    week = week_name(timezone.localdate())
    world.more |= {"digests": {}, "feeds": {}}
    grants = {
        name: Grant.objects.filter(user__username=name).order_by("pk").first() for name in sorted(STAFF)
    }
    for name, grant in grants.items():
        if grant is not None:
            digest = Digest.objects.create(user_id=grant.user_id, grant=grant, week=week, lines=[])
            feed = Feed.objects.create(user_id=grant.user_id, grant=grant, token_digest=digest_of(name))
            world.more["digests"][name] = {"pk": digest.pk}
            world.more["feeds"][name] = {"pk": feed.pk}
