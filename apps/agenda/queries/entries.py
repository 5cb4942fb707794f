"""What stands in the calendar on which day, in the reader's own scope and as it is at this moment.

One entry a day and kind, with its number: a county has dozens of birthdays a day. ``text`` names nobody, ``names``
does, and only people who are on the register now: nothing here leads to the dead. The work a death makes (its
checklist) is told by number.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.perms import is_staff
from apps.concerns.choices import UNANSWERED
from apps.concerns.models import Concern
from apps.core.scope import Actor
from apps.reports.choices import State as ReportState
from apps.reports.perms import can_make
from apps.reports.queries import briefing_days
from apps.retirees.choices import ON_REGISTER
from apps.retirees.queries.birthdays import birthdays_between, first_names, people_with_birthdays
from apps.retirees.rules.birthdays import keys_between
from apps.visits.choices import RUNNING
from apps.visits.models import Campaign, IncidentTask, Team
from apps.visits.perms import can_see_plans
from apps.visits.queries.due import waiting_rows

KINDS = {
    "round": "整寿",
    "birthday": "生日",
    "due": "应访到期",
    "campaign": "走访活动",
    "team": "走访组出发",
    "concern": "诉求到期",
    "task": "重要情况办理",
    "report": "简报",
}
NAMED = 400
"""Rows that names are read of in one span: more are told by number alone."""


@dataclass(frozen=True)
class Entry:
    """One line of a day. ``number`` is what ``text`` tells; ``url`` is empty where there is no list behind it."""

    day: date
    kind: str
    text: str
    url: str
    tone: str
    number: int = 0
    names: str = ""


Source = Callable[[Actor, date, date, bool], Iterable[Entry]]


def entries_between(
    actor: Actor, start: date, end: date, *, kinds: Iterable[str] = (), own: bool = False, names: bool = True
) -> list[Entry]:
    """All entries from ``start`` to ``end``, both inclusive, by day; of some kinds if asked, and with ``own`` only
    what the reader himself has to answer. Without ``names`` nobody is read by name."""
    wanted = set(kinds) or set(KINDS)
    if own:
        wanted &= {"concern"}
    order = list(KINDS)
    found = [
        entry
        for source, makes in SOURCES
        if makes & wanted
        for entry in source(actor, start, end, names)
        if entry.kind in wanted
    ]
    if own:
        found = list(_concerns(actor, start, end, names, owner=actor.user_id))
    return sorted(found, key=lambda entry: (entry.day, order.index(entry.kind), entry.text))


def _birthdays(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    keys = keys_between(start, end)
    counts: dict[date, int] = {}
    rows = people_with_birthdays(actor, keys).order_by().values_list("birth_round").annotate(Count("pk"))
    for key, number in rows:
        for day in keys.days(key):
            counts[day] = counts.get(day, 0) + number
    for day, number in counts.items():
        yield Entry(day, "birthday", f"生日{number}人", _birthday_url(day), "blue", number)


def _rounds(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    by_day: dict[date, list[Any]] = {}
    for one in birthdays_between(actor, start, end, only_round=True):
        if one.is_round:
            by_day.setdefault(one.on, []).append(one)
    for day, found in by_day.items():
        told = first_names(found) if names else ""
        yield Entry(
            day, "round", f"整寿{len(found)}人", _birthday_url(day, show="round"), "amber", len(found), told
        )


def _birthday_url(day: date, **more: str) -> str:
    return f"{reverse('agenda:birthdays')}?{urlencode({'month': f'{day:%Y-%m}'} | more)}"


def _dues(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    rows = waiting_rows(actor).filter(due_on__range=(start, end), reason="")
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    counted = rows.order_by().values_list("due_on").annotate(Count("pk"))
    told = _names(rows, "due_on") if names else {}
    for day, number in counted:
        text = f"应访到期{number}人次"
        yield Entry(day, "due", text, reverse("visits:due"), "blue", number, told.get(day, ""))


def _names(rows: Any, column: str) -> dict[date, str]:
    """First names of each day, of people who are on the register."""
    found: dict[date, list[str]] = {}
    living = rows.filter(retiree__state__in=ON_REGISTER).order_by(column, "pk")
    for day, name in living.values_list(column, "retiree__name")[:NAMED]:
        found.setdefault(day, []).append(name)
    return {day: "、".join(names[:3]) + ("等" if len(names) > 3 else "") for day, names in found.items()}


def _campaigns(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    running = Campaign.objects.visible_to(actor).running()
    for campaign in running.filter(Q(starts_on__range=(start, end)) | Q(ends_on__range=(start, end))):
        url = _campaign_url(actor, campaign.pk)
        if start <= campaign.starts_on <= end:
            yield Entry(campaign.starts_on, "campaign", f"{campaign.title}开始", url, "green")
        if start <= campaign.ends_on <= end:
            yield Entry(campaign.ends_on, "campaign", f"{campaign.title}结束", url, "amber")


def _campaign_url(actor: Actor, pk: int) -> str:
    return reverse("visits:campaign", args=[pk]) if can_see_plans(actor) else reverse("visits:due")


def _teams(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    teams = Team.objects.visible_to(actor).filter(day__range=(start, end), campaign__state__in=RUNNING)
    for team in teams.select_related("campaign").order_by("day", "sort", "pk"):
        if team.day is not None:
            at = f"{team.starts_at:%H:%M} " if team.starts_at else ""
            url = _campaign_url(actor, team.campaign_id)
            yield Entry(team.day, "team", f"{at}{team.campaign.title}：{team.name}", url, "green")


def _concerns(actor: Actor, start: date, end: date, names: bool, owner: int | None = None) -> Iterator[Entry]:
    rows = Concern.objects.visible_to(actor).filter(state__in=UNANSWERED, due_on__range=(start, end))
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    if owner is not None:
        rows = rows.filter(owner_id=owner)
    yield from _counted(rows, "concern", "诉求到期{}件", reverse("concerns:list"), names)


def _tasks(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    if not is_staff(actor):
        return
    rows = IncidentTask.objects.visible_to(actor).filter(
        done_on=None, is_needless=False, due_on__range=(start, end), incident__retracted_on=None
    )
    if actor.county_id is not None:
        rows = rows.filter(county_id=actor.county_id)
    yield from _counted(rows, "task", "重要情况待办{}项", reverse("visits:incidents"), names)


def _reports(actor: Actor, start: date, end: date, names: bool) -> Iterator[Entry]:
    """Briefings of one's own place: those to be made, and those that wait for whoever checks or issues them."""
    if not can_make(actor):
        return
    for one in briefing_days(actor, start, end):
        if one.document is None:
            yield Entry(one.day, "report", f"生成{one.period.label}简报", reverse("reports:list"), "blue")
        else:
            waits = "待签发" if one.document.state == ReportState.CHECKED else "待核对"
            url = reverse("reports:detail", args=[one.document.pk])
            yield Entry(one.day, "report", f"{one.period.label}简报{waits}", url, "amber")


def _counted(rows: Any, kind: str, words: str, url: str, names: bool) -> Iterator[Entry]:
    told = _names(rows, "due_on") if names else {}
    for day, number in rows.order_by().values_list("due_on").annotate(Count("pk")):
        yield Entry(day, kind, words.format(number), url, "amber", number, told.get(day, ""))


SOURCES: tuple[tuple[Source, set[str]], ...] = (
    (_birthdays, {"birthday"}),
    (_rounds, {"round"}),
    (_dues, {"due"}),
    (_campaigns, {"campaign"}),
    (_teams, {"team"}),
    (_concerns, {"concern"}),
    (_tasks, {"task"}),
    (_reports, {"report"}),
)
