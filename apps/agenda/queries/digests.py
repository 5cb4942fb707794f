"""What somebody is told at the beginning of a week: what waits, what is late and where, what was done last week.

Numbers and addresses only: a digest stays, and whoever is named in it may be dead when it is read.
"""

from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse

from apps.agenda.queries.today import counted, own_rows, today_groups
from apps.concerns.models import Concern
from apps.core.scope import Actor
from apps.reports.queries import waiting_documents
from apps.retirees.queries.requests import returned_count
from apps.units.models import Unit
from apps.visits.models import Visit
from apps.visits.queries.due import waiting_rows
from apps.visits.queries.list_changes import changes_sent_back, changes_to_decide

DONE_TONE = "green"
"""The part that tells what was done; the others tell what waits."""
PLACES = 5
"""Counties, within a county units, that are told as the latest."""


@dataclass(frozen=True)
class Line:
    """A number and the page behind it."""

    label: str
    count: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """Lines under a title; tone as of components/tag.html."""

    title: str
    tone: str
    lines: tuple[Line, ...] = field(default=())


def week_name(day: date) -> str:
    """The week of a day as ISO 8601 names it: 2026-W47."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def week_days(name: str) -> tuple[date, date]:
    """Monday and Sunday of a week. Raises ValueError for what is no week."""
    year, _, week = name.partition("-W")
    first = date.fromisocalendar(int(year), int(week), 1)
    return first, first + timedelta(days=6)


def parts_of_week(actor: Actor, today: date) -> list[dict[str, Any]]:
    """What the digest of an actor holds today, as it is kept; parts without lines are left out."""
    parts = [
        Part(group.title, group.tone, tuple(Line(one.label, one.count, one.url) for one in group.lines))
        for group in today_groups(actor, today)
    ]
    parts += [
        _returned(actor),
        _to_decide(actor),
        _briefings(actor),
        _latest_places(actor, today),
        _done_last_week(actor, today),
    ]
    return [asdict(part) for part in parts if part.lines]


def _returned(actor: Actor) -> Part:
    """What came back to be amended, as on the home page; the city sends back and is sent nothing."""
    counts = (
        (
            "变更申请",
            returned_count(actor) if actor.county_id is not None else 0,
            f"{reverse('retirees:requests')}?tab=own",
        ),
        (
            "走访名单增减",
            changes_sent_back(actor).count(),
            f"{reverse('visits:list-changes')}?show=returned",
        ),
    )
    lines = tuple(Line(label, f"{number}件", url) for label, number, url in counts if number)
    return Part("退回待修改", "amber", lines)


def _to_decide(actor: Actor) -> Part:
    """What others asked of the lists that the actor's office keeps."""
    number = changes_to_decide(actor).count()
    line = Line("走访名单增减", f"{number}件", reverse("visits:list-changes"))
    return Part("待审批", "amber", (line,) if number else ())


def _briefings(actor: Actor) -> Part:
    number = waiting_documents(actor)
    lines = (Line("待核对或签发", f"{number}份", reverse("reports:list")),) if number else ()
    return Part("简报", "amber", lines)


def _latest_places(actor: Actor, today: date) -> Part:
    """Where most are overdue; nothing for a unit, which is one place."""
    if actor.unit_id is not None:
        return Part("", "red")
    place = "county_id" if actor.county_id is None else "unit_id"
    rows = own_rows(actor, waiting_rows(actor)).filter(due_on__lt=today, reason="").order_by()
    most = list(rows.values(place).annotate(number=Count("pk")).order_by("-number", place)[:PLACES])
    labels = {unit.pk: unit.label for unit in Unit.objects.filter(pk__in=[one[place] for one in most])}
    field_name = place.removesuffix("_id")
    return Part(
        "超期未访最多的" + ("县区" if actor.county_id is None else "单位"),
        "red",
        tuple(
            Line(
                labels[one[place]],
                counted(one["number"], "人次"),
                f"{reverse('visits:due')}?show=overdue&{field_name}={one[place]}",
            )
            for one in most
        ),
    )


def _done_last_week(actor: Actor, today: date) -> Part:
    first = today - timedelta(days=today.weekday() + 7)
    last = first + timedelta(days=6)
    visits = own_rows(actor, Visit.objects.visible_to(actor)).filter(visited_on__range=(first, last)).count()
    answered = own_rows(actor, Concern.objects.visible_to(actor)).filter(answered_on__range=(first, last))
    url = f"{reverse('visits:log')}?begin={first}&end={last}"
    return Part(
        "上周办了的",
        DONE_TONE,
        (
            Line("走访", f"{visits}人次", url),
            Line("答复诉求", f"{answered.count()}件", reverse("concerns:list")),
        ),
    )
