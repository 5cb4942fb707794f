"""What concerns put on a person's page: a tab, what happened, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from apps.concerns import perms
from apps.concerns.models import Concern
from apps.concerns.queries import concerns_of
from apps.concerns.views.listing import heads, row_of
from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.models import Retiree
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.story import Happening
from apps.retirees.rules.page import Tab


def count(person: Retiree, actor: Actor) -> int:
    """How many matters the person raised or stood behind."""
    return len(_all(person, actor))


def panel(request: HttpRequest, person: Retiree, actor: Actor) -> Mapping[str, Any]:
    """The tab: all of them, and registering another."""
    today = timezone.localdate()
    return {
        "concerns": [row_of(one, actor, today, of=person) for one in _all(person, actor)],
        "concern_heads": heads(with_person=False),
        "concern_url": reverse("concerns:create", args=[person.pk]) if perms.can_raise_concern(actor) else "",
        "concern_label": "登记诉求" if perms.can_raise_concern(actor) else "",
    }


def _all(person: Retiree, actor: Actor) -> list[Concern]:
    """Read once for a page: its tab, its story and its next steps tell of the same rows."""
    kept: list[Concern] | None = getattr(person, "concerns_read", None)
    if kept is None:
        kept = concerns_of(person, actor)
        person.concerns_read = kept
    return kept


TAB = Tab("concerns", "诉求", "concerns/_tab.html", perms.can_list_concerns, count, panel, before="files")


def tell(file: PersonFile, actor: Actor) -> Iterable[Happening]:
    """Each matter is a point of the story."""
    for one in _all(file.person, actor):
        yield Happening(
            one.received_on,
            format_date(one.received_on),
            "诉求",
            f"{one.get_kind_display()}：{one.title}",
            tag=str(one.get_state_display()),
            tone="blue",
            url=reverse("concerns:concern", args=[one.pk]),
            url_label=one.label,
        )


def next_steps(person: Retiree, actor: Actor, today: date) -> Sequence[Mapping[str, Any]]:
    """What is still open, to be asked about at the next visit."""
    rows = sorted((one for one in _all(person, actor) if one.is_open), key=lambda one: one.due_on)
    return [
        {
            "label": "诉求",
            "value": f"{one.title}（{one.get_state_display()}，{format_date(one.due_on)}前答复）",
            "url": reverse("concerns:concern", args=[one.pk]),
            "url_label": "办理",
        }
        for one in rows[:3]
    ]
