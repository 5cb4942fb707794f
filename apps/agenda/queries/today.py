"""今天: what is due today, what is late, what comes this week, each with its number and first names.

Numbers are counted up to LIMIT on small partial indexes; names are those of people who are on the register now.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.http import urlencode

from apps.concerns.choices import UNANSWERED
from apps.concerns.models import Concern
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER
from apps.retirees.queries.birthdays import birthday_count, birthdays_between, first_names, round_count
from apps.visits.models import IncidentTask
from apps.visits.queries.due import overdue_rows, waiting_rows

LIMIT = 1000
NAMES = 3
FEW_A_MONTH = 100
"""Round birthdays a month, of which it is quicker to put the month in order."""
TODAY = "今天到期"
STAGES = (7, 3, 0)
"""Days before a deadline on which it moves up a stage."""


@dataclass(frozen=True)
class Waiting:
    """One line: how many, who first, and the page behind it."""

    label: str
    count: str
    url: str
    names: str


@dataclass(frozen=True)
class Group:
    """逾期, 今天到期 or one of the stages before, and its lines; lines of nothing are left out."""

    title: str
    tone: str
    lines: tuple[Waiting, ...]


def today_groups(actor: Actor, today: date) -> list[Group]:
    """What the staff's home page shows first."""
    week, soon = (today + timedelta(days=days) for days in STAGES[:2])
    dues, concerns, tasks = _dues(actor), _concerns(actor), _tasks(actor)
    kinds = (
        ("应访", "人次", dues, f"{reverse('visits:due')}?show="),
        ("诉求答复", "件", concerns, reverse("concerns:list")),
        ("重要情况办理事项", "项", tasks, reverse("visits:incidents")),
    )
    stages = (
        ("逾期", "red", Q(due_on__lt=today), "overdue"),
        (TODAY, "amber", Q(due_on=today), "now"),
        (f"{STAGES[1]}天内到期", "amber", Q(due_on__gt=today, due_on__lte=soon), "now"),
        (f"{STAGES[0]}天内到期", "blue", Q(due_on__gt=soon, due_on__lte=week), "now"),
    )
    groups = []
    for title, tone, when, tab in stages:
        lines = [
            _line(
                label,
                unit,
                rows.filter(when),
                f"{url}{tab}" if url.endswith("=") else url,
                number=overdue_rows(actor, today) if rows is dues and tab == "overdue" else None,
            )
            for label, unit, rows, url in kinds
        ]
        if title == TODAY:
            lines.append(_birthdays_today(actor, today))
        if tone == "blue":
            lines.append(_rounds_ahead(actor, today))
        groups.append(Group(title, tone, tuple(line for line in lines if line is not None)))
    return [group for group in groups if group.lines]


def own_rows(actor: Actor, rows: Any) -> Any:
    """Rows of the actor, the county's own condition repeated, so that its index answers behind the row policy."""
    return rows if actor.county_id is None else rows.filter(county_id=actor.county_id)


def _dues(actor: Actor) -> Any:
    return own_rows(actor, waiting_rows(actor).filter(reason=""))


def _concerns(actor: Actor) -> Any:
    return own_rows(actor, Concern.objects.visible_to(actor).filter(state__in=UNANSWERED))


def _tasks(actor: Actor) -> Any:
    rows = IncidentTask.objects.visible_to(actor)
    return own_rows(actor, rows.filter(done_on=None, is_needless=False, incident__retracted_on=None))


def _line(label: str, unit: str, rows: Any, url: str, *, number: int | None = None) -> Waiting | None:
    """``number``: where it is counted already."""
    if number is None:
        number = rows.order_by().values("pk")[: LIMIT + 1].count()
    if not number:
        return None
    living = rows.filter(retiree__state__in=ON_REGISTER).order_by("due_on", "pk")
    names = list(living.values_list("retiree__name", flat=True)[: NAMES + 1])
    told = "、".join(names[:NAMES]) + ("等" if len(names) > NAMES else "")
    return Waiting(label, counted(number, unit), url, told)


def counted(number: int, unit: str) -> str:
    """12人次; 1000+人次 where counting stopped."""
    return f"{LIMIT}+{unit}" if number > LIMIT else f"{number}{unit}"


def _birthdays_today(actor: Actor, today: date) -> Waiting | None:
    number = birthday_count(actor, today, today, LIMIT)
    if not number:
        return None
    rounds = round_count(actor, today, today, LIMIT)
    first = birthdays_between(actor, today, today, only_round=True, limit=NAMES + 1) if rounds else []
    if len(first) <= NAMES:
        there = {one.person.pk for one in first}
        more = birthdays_between(actor, today, today, limit=2 * NAMES + 1)
        first += [one for one in more if one.person.pk not in there]
    url = f"{reverse('agenda:birthdays')}?{urlencode({'month': f'{today:%Y-%m}'})}"
    told = first_names(first) + (f"；其中整寿{counted(rounds, '人')}" if rounds else "")
    return Waiting("今天生日", counted(number, "人"), url, told)


def _rounds_ahead(actor: Actor, today: date) -> Waiting | None:
    start, end = today + timedelta(days=1), today + timedelta(days=30)
    number = round_count(actor, start, end, LIMIT)
    if not number:
        return None
    # Many in a month are enough for the names tomorrow already, and a day is put in order in no time.
    for until in (start, end) if number > FEW_A_MONTH else (end,):
        first = birthdays_between(actor, start, until, only_round=True, limit=NAMES + 1)
        if len(first) > NAMES:
            break
    url = f"{reverse('agenda:birthdays')}?{urlencode({'show': 'round', 'month': f'{today:%Y-%m}'})}"
    return Waiting("30天内整寿", counted(number, "人"), url, first_names(first))
