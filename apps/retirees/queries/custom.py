"""The bureau's own fields with their words: what pages, history and forms need to show a stored value."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.core.fields import decode
from apps.core.scope import Actor
from apps.dictionaries.queries import labels_of
from apps.retirees.choices import CustomKind
from apps.retirees.models import CustomField, Retiree


@dataclass(frozen=True)
class CustomFields:
    """All fields, and the words of the dictionaries they use."""

    fields: tuple[CustomField, ...]
    labels: Mapping[str, Mapping[str, str]]

    @property
    def by_key(self) -> dict[str, CustomField]:
        return {field.key: field for field in self.fields}

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
    return CustomFields(fields, labels_of(codes) if codes else {})


def people_with(actor: Actor, key: str) -> int:
    """How many people the actor sees have a value."""
    return Retiree.objects.visible_to(actor).filter(custom__has_key=key).count()
