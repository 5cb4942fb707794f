"""Special groups on the person page: tags in the head card, and where each comes from."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.urls import reverse

from apps.core.chinese import format_date
from apps.core.scope import Actor
from apps.retirees import perms
from apps.retirees.choices import ON_REGISTER, LifeState, SpecialGroup
from apps.retirees.queries.dossier import Dossier, groups_on
from apps.retirees.queries.person import PersonFile

TOLD_BY_OTHER_TAGS = {
    SpecialGroup.RED_ARMY,
    SpecialGroup.RESISTANCE,
    SpecialGroup.LIBERATION,
    SpecialGroup.HELPLESS,
}
"""The head card names the period itself, and since when somebody cannot care for himself."""
TONES = {
    SpecialGroup.EMPTY_NEST: "blue",
    SpecialGroup.AWAY: "blue",
    SpecialGroup.ALONE: "amber",
    SpecialGroup.HARDSHIP: "amber",
    SpecialGroup.SURVIVORS: "grey",
}


def group_tags(file: PersonFile, dossier: Dossier, today: date) -> Iterator[dict[str, str]]:
    """Tags of the groups that no other tag of the head card tells."""
    person = file.person
    if person.state not in ON_REGISTER and person.state != LifeState.DEAD:
        return
    survivors = any(member.is_survivor for member in file.family)
    for group in groups_on(person, dossier, today, survivors=survivors):
        if group == SpecialGroup.AGED:
            old = (person.age_on(today) or 0) >= 90
            yield {"text": f"双高期 {'90' if old else '80'}岁以上", "tone": "brand" if old else "grey"}
        elif group not in TOLD_BY_OTHER_TAGS:
            yield {"text": group.label, "tone": TONES[group]}


def group_rows(file: PersonFile, dossier: Dossier, actor: Actor, today: date) -> dict[str, Any]:
    """What the pane of special groups shows: each group, why, and the button that ends a mark."""
    person = file.person
    survivors = any(member.is_survivor for member in file.family)
    may = perms.can_edit_retiree(actor, person) and person.state in ON_REGISTER
    marks = {mark.group: mark for mark in dossier.marks_now}
    rows = []
    for group in groups_on(person, dossier, today, survivors=survivors):
        mark = marks.get(group)
        why = f"{format_date(mark.during.lower)}起标记：{mark.reason}" if mark else f"按{SOURCES[group]}认定"
        end = reverse("retirees:group-unmark", args=[person.pk, mark.pk]) if mark and may else ""
        rows.append({"label": group.label, "why": why, "end_url": end})
    return {
        "rows": rows,
        "mark_url": reverse("retirees:group-mark", args=[person.pk]) if may else "",
    }


SOURCES = {
    SpecialGroup.AGED: "出生时间",
    SpecialGroup.EMPTY_NEST: "居住方式",
    SpecialGroup.HELPLESS: "生活自理情况",
    SpecialGroup.AWAY: "居住地",
    SpecialGroup.RED_ARMY: "参加革命工作时间",
    SpecialGroup.RESISTANCE: "参加革命工作时间",
    SpecialGroup.LIBERATION: "参加革命工作时间",
    SpecialGroup.SURVIVORS: "家庭成员中的遗属",
    SpecialGroup.ALONE: "标记",
    SpecialGroup.HARDSHIP: "标记",
}
