"""Doubts beside fields: they warn, and the same doubts confirmed let the form through.

The token that confirms is bound to the doubts that were shown: other doubts after another change ask again.
"""

import json
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.html import format_html

from apps.core.cells import compare_birth, compare_sex
from apps.core.national_id import NationalId, NationalIdError, parse_national_id
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, DoubleReason, Sex
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.doubles import Candidate, candidates
from apps.retirees.rules import Doubt, doubts


class DoubtfulForm(forms.Form):
    """A form that may come back with doubts. Reads ``confirmed`` from what was sent."""

    found: list[Doubt]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.found = []
        super().__init__(*args, **kwargs)

    def typed_doubts(self) -> list[Doubt]:
        """What the fields doubted while reading."""
        return [
            Doubt(name, issue.kind, issue.message)
            for name, field in self.fields.items()
            for issue in getattr(field, "warnings", ())
        ]

    @property
    def doubts(self) -> dict[str, list[str]]:
        """Texts by field, as templates/bootstrap5 shows them."""
        by_field: dict[str, list[str]] = {}
        for doubt in self.found:
            by_field.setdefault(doubt.field, []).append(doubt.message)
        return by_field

    @property
    def shown_doubts(self) -> list[dict[str, str]]:
        """Doubts with the field's label and id, for the notice on top."""
        return [
            {"label": self.fields[doubt.field].label, "id": self[doubt.field].auto_id, "text": doubt.message}
            for doubt in self.found
        ]

    @property
    def doubt_token(self) -> str:
        """Stands for exactly these doubts; empty where there are none."""
        if not self.found:
            return ""
        text = json.dumps(sorted([doubt.field, doubt.kind, str(doubt.message)] for doubt in self.found))
        return salted_hmac("retirees.doubts", text).hexdigest()

    def is_settled(self) -> bool:
        """Whether nothing is in doubt, or just these doubts were confirmed."""
        return constant_time_compare(self.doubt_token, self.data.get("confirmed", "")) if self.found else True


def person_doubts(
    actor: Actor,
    values: dict[str, Any],
    identity: NationalId | None,
    private: PrivateDetails | None,
    person: Retiree | None,
) -> tuple[list[Doubt], list[Candidate]]:
    """Doubts about a person's values together: the rules', those against the ID number, and who may be the same
    person; those people come a second time by themselves, to be set beside what was typed."""
    identity = identity or _stored_identity(private)
    unit = values.get("unit") or person
    alike = candidates(
        actor,
        values,
        unit_id=(unit.unit_id if isinstance(unit, Retiree) else unit.pk) if unit else None,
        but=person.pk if person else None,
        national_id=_index(private and private.national_id_index),
        phone=_index(private and private.phone_index),
    )
    told = [Doubt("name", f"double-{one.person.pk}", _double_text(one)) for one in alike]
    return [*doubts(values), *_against_id(values, identity), *told], alike


def _index(value: Any) -> bytes | None:
    return bytes(value) if value else None


def _stored_identity(private: PrivateDetails | None) -> NationalId | None:
    if private is None or not private.national_id:
        return None
    try:
        return parse_national_id(private.national_id.for_processing())
    except NationalIdError:
        return None


def _against_id(values: dict[str, Any], identity: NationalId | None) -> list[Doubt]:
    if identity is None:
        return []
    found = []
    for name in ("birth_date", "card_birth_date"):
        issue = compare_birth(values[name], identity) if values.get(name) else None
        if issue:
            found.append(Doubt(name, issue.kind, issue.message))
    sex = values.get("sex")
    issue = compare_sex(Sex(sex).label, identity) if sex in (Sex.MALE, Sex.FEMALE) else None
    if issue:
        found.append(Doubt("sex", issue.kind, issue.message))
    return found


def _double_text(one: Candidate) -> str:
    other = one.person
    why = "同名" if DoubleReason.SAME_NAME in one.reasons else "可能是同一个人"
    return format_html(
        '{}已有{}的人：<a href="{}" target="_blank" rel="noopener">{}</a>（{}{}；{}）。请核对是不是同一个人。',
        other.unit.label,
        why,
        reverse("retirees:detail", args=[other.pk]),
        other.name,
        f"{other.birth_date}出生" if other.birth_date else "出生时间未填",
        "" if other.state in ON_REGISTER else f"，已{other.get_state_display()}",
        "、".join(DoubleReason(reason).label for reason in one.reasons),
    )
