"""What the log adds to the story of a person."""

from collections.abc import Iterator

from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees.queries.person import PersonFile
from apps.retirees.queries.story import Happening
from apps.visits.choices import Target
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
