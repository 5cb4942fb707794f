"""A person for the office's own forms: words, lists and the photograph, by the names of queries/sheet.py."""

from collections.abc import Collection
from typing import Any

from django.utils import timezone

from apps.core.documents.marks import Picture
from apps.core.scope import Actor
from apps.retirees.actions.papers import PHOTO_WIDTH_MM, photo_of
from apps.retirees.models import Retiree
from apps.retirees.queries.dossier import dossier_of, groups_on
from apps.retirees.queries.person import person_file
from apps.retirees.queries.sheet import LISTS, PHOTO, sheet_of


def form_values(person: Retiree, labels: Collection[str], *, plain: bool, by: Actor) -> dict[str, Any]:
    """Of ``labels`` (names of queries/sheet.py, parts of a list as 列表.字段) what there is of a person whom ``by``
    sees: texts, rows with just those parts that are among the labels, the photograph. ``plain``: telephones of the
    family in full. Who took them stands in the log by the request they are made for."""

    def show(secret: Any) -> str:
        return str(secret.for_processing() if plain else secret)

    file, dossier, today = person_file(person, by), dossier_of(person, by), timezone.localdate()
    survivors = any(member.is_survivor for member in file.family)
    groups = [group.label for group in groups_on(person, dossier, today, survivors=survivors)]
    sheet = sheet_of(file, dossier, groups=groups, today=today, show=show)
    found: dict[str, Any] = {name: text for name, text in sheet.single.items() if name in labels}
    for name, parts in LISTS.items():
        wanted = [part for part in parts if f"{name}.{part}" in labels]
        if name in labels and not wanted:
            wanted = [part for part in parts if part != "电话"]
        if wanted:
            found[name] = [{part: row[part] for part in wanted} for row in sheet.lists[name]]
    if PHOTO in labels:
        photo = photo_of(dossier)
        found[PHOTO] = Picture(photo, PHOTO_WIDTH_MM) if photo else ""
    return found
