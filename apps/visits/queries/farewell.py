"""What the drafts of a death are written from, and what was drafted."""

from apps.core.scope import Actor
from apps.retirees.choices import PARTY_MEMBERS, Category, LevelKind
from apps.retirees.models import CareerEntry, Honour, LevelFact, Retiree
from apps.visits.models import DeathDraft, Incident
from apps.visits.rules.farewell import Deceased


def deceased_of(person: Retiree, actor: Actor) -> Deceased:
    """The public facts of somebody who died, as the actor may see them. Private tables are not asked."""
    unit = person.unit
    retired = "离休" if person.category == Category.LIXIU else "退休"
    return Deceased(
        name=person.name,
        sex=person.get_sex_display(),
        nation=person.get_nation_display(),
        native_place=person.native_place,
        birth=person.birth_date,
        died=person.died_on,
        joined=person.joined_on,
        worked=person.work_started_on,
        party=person.joined_party_on,
        in_party=person.political in PARTY_MEMBERS,
        retired=person.retired_on,
        retired_word=retired,
        post=person.post,
        unit=unit.label,
        career=_career(person, actor),
        levels=_levels(person, actor),
        honours=_honours(person, actor),
    )


def _career(person: Retiree, actor: Actor) -> list[str]:
    lines = []
    rows = CareerEntry.objects.visible_to(actor).filter(retiree=person)
    for row in rows.order_by("position", "from_on", "pk"):
        until = f"至{row.until_on}" if row.until_on else "起" if row.from_on else ""
        when = f"{row.from_on or ''}{until}"
        what = f"{row.organisation}{row.post}" or row.note
        if what:
            lines.append(f"{when}，{what}" if when else what)
    return lines


def _levels(person: Retiree, actor: Actor) -> list[str]:
    rows = LevelFact.objects.visible_to(actor).filter(retiree=person, kind=LevelKind.TREATMENT)
    return [
        f"{f'{row.since}起' if row.since else ''}享受{row.get_level_display()}待遇"
        for row in rows.order_by("during", "pk")
    ]


def _honours(person: Retiree, actor: Actor) -> list[str]:
    rows = Honour.objects.visible_to(actor).filter(retiree=person).order_by("awarded_on", "pk")
    return [f"{row.awarded_on or ''}{row.name}" for row in rows]


def drafts_of(incident: Incident, actor: Actor) -> dict[str, DeathDraft]:
    """The drafts of a death by kind."""
    return {row.kind: row for row in DeathDraft.objects.visible_to(actor).filter(incident=incident)}
