"""The bureau's own fields with their words: what pages, history and forms need to show a stored value."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.db.models.fields.json import KT

from apps.core.fields import decode
from apps.core.scope import Actor
from apps.dictionaries.queries import entries_of
from apps.dictionaries.rules import Entry
from apps.retirees.choices import CustomKind
from apps.retirees.models import CustomField, Retiree, RetireeQuerySet


@dataclass(frozen=True)
class CustomFields:
    """All fields, and the words of the dictionaries they use."""

    fields: tuple[CustomField, ...]
    labels: Mapping[str, Mapping[str, str]]
    entries: Mapping[str, Mapping[str, Entry]] = field(default_factory=dict)
    """Dictionary → code → term, those not offered included."""

    @property
    def by_key(self) -> dict[str, CustomField]:
        return {field.key: field for field in self.fields}

    def present_code(self, dictionary: str, code: str) -> str:
        """The code that stands for ``code`` now: of a merged term the one that took its place."""
        terms = self.entries.get(dictionary, {})
        passed = {code}
        while (into := terms[code].merged_into if code in terms else "") and into not in passed:
            passed.add(into)
            code = into
        return code

    def words(self, key: str, value: Any) -> str:
        """A stored value in words, empty for nothing."""
        field = self.by_key.get(key)
        if value in (None, ""):
            return ""
        if isinstance(value, bool):
            return "是" if value else "否"
        if field is not None and field.kind == CustomKind.CHOICE:
            return self.labels.get(field.dictionary, {}).get(str(value), str(value))
        if field is not None and field.kind == CustomKind.DATE:
            return str(decode(str(value)) or "")
        return str(value)

    def shown(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """(label, words) of each field in use, and of retired ones that this person has."""
        return [
            (field.label, self.words(field.key, values.get(field.key)))
            for field in self.fields
            if not field.is_retired or values.get(field.key) not in (None, "")
        ]


def custom_fields() -> CustomFields:
    """All of them in their order; two queries, one where none has choices."""
    fields = tuple(CustomField.objects.all())
    codes = {field.dictionary for field in fields if field.dictionary}
    entries = entries_of(codes) if codes else {}
    return CustomFields(
        fields,
        {code: {entry.code: entry.label for entry in found} for code, found in entries.items()},
        {code: {entry.code: entry for entry in found} for code, found in entries.items()},
    )


def custom_labels() -> dict[str, str]:
    """Key → name of each field, retired ones included; one query."""
    return {one.key: one.label for one in CustomField.objects.all()}


def people_with(actor: Actor, key: str) -> int:
    """How many people the actor sees have a value."""
    return Retiree.objects.visible_to(actor).filter(custom__has_key=key).count()


def keys_with(dictionary: str) -> list[str]:
    """Keys of the fields whose choices come from this dictionary, retired ones included: people keep their values."""
    found = CustomField.objects.filter(kind=CustomKind.CHOICE, dictionary=dictionary)
    return [one.key for one in found]


def terms_used(dictionary: str, actor: Actor) -> Mapping[str, int]:
    """How many people have which term of a dictionary in the bureau's own fields, by code. A person who has a term in
    two fields counts once in each. One query, and one for each field with this dictionary."""
    total: Counter[str] = Counter()
    for key in keys_with(dictionary):
        people = Retiree.objects.visible_to(actor).filter(custom__has_key=key).order_by()
        codes = people.annotate(code=KT(f"custom__{key}")).values("code").annotate(heads=Count("pk"))
        total.update({row["code"]: row["heads"] for row in codes})
    return total


def people_with_term(actor: Actor, keys: Collection[str], code: str) -> RetireeQuerySet:
    """People who have this term in one of these fields."""
    wanted = Q(pk__in=())
    for key in keys:
        wanted |= Q(custom__contains={key: code})
    return Retiree.objects.visible_to(actor).filter(wanted)
