"""What the log adds to the story of a person."""

from collections.abc import Iterator

from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.story import Happening
from apps.visits.choices import IncidentKind, Target
from apps.visits.queries.incidents import incidents_read
from apps.visits.queries.log import visits_of
from apps.visits.rules.log import yuan

TOLD = 30


def visits_told(file: PersonFile, actor: Actor) -> Iterator[Happening]:
    """The newest visits, one point each."""
    for row in visits_of(actor, file.person)[:TOLD]:
        target = "" if row.target == Target.SELF else f"{row.get_target_display()}，"
        money = f"，慰问金{yuan(row.money)}元" if row.money else ""
        yield Happening(
            on=row.visited_on,
            when=format_date(row.visited_on),
            kind="走访",
            text=f"{row.campaign or row.occasion}，{target}{row.get_way_display()}，{row.visitors_text}{money}",
            url=reverse("visits:visit", args=[row.pk]),
            url_label="看记录",
        )


def incidents_told(file: PersonFile, actor: Actor) -> Iterator[Happening]:
    """Stays in hospital, critical illnesses and misfortunes, those taken back left out; of a death the day its list
    was settled, since the death itself is the register's to tell."""
    rows = [row for row in incidents_read(file.person, actor) if row.retracted_on is None]
    for row in rows[:TOLD]:
        is_death = row.kind == IncidentKind.DEATH
        if is_death and row.closed_on is None:
            continue
        day = row.closed_on if is_death and row.closed_on else row.started_on
        place = f"，{row.hospital}" if row.hospital else ""
        over = f"，{format_date(row.closed_on)}办结" if row.closed_on else ""
        yield Happening(
            on=day,
            when=format_date(day),
            kind="重要情况",
            text="去世后的办理清单办结" if is_death else f"{row.get_kind_display()}{place}{over}",
            url=reverse("visits:incident", args=[row.pk]),
            url_label="看记录",
        )
