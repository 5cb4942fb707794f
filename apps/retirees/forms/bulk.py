"""One or several fields of many people: what may be changed in bulk, by a closed list."""

import copy
import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Div, Field, Fieldset, Layout, Row
from django import forms

from apps.core.inputs import DayField, TextField, TokenField
from apps.retirees.forms.custom import form_fields, stored_values
from apps.retirees.forms.offered import offer_terms
from apps.retirees.forms.person import PersonForm

SECTIONS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("健康与生活", (("health", "self_care", "living"), ("residence", "verified_on", "seen_on"))),
    (
        "级别待遇",
        (
            ("rank", "treatment", "treatment_on"),
            ("medical_treatment", "approval_number", "held_leading_post"),
            ("original_unit", "paying_unit"),
        ),
    ),
    (
        "基本情况",
        (
            ("nation", "native_place", "marriage"),
            ("political", "party_branch", "education"),
        ),
    ),
)
BULK_FIELDS = tuple(
    name for _, rows in SECTIONS for row in rows for name in row if name not in ("verified_on", "seen_on")
)
"""Never name, ID number or another private value, dates of one's own life, category: those are one person's. The
bureau's own fields come after these, all that are in use."""
OWN_SECTION = "自定义栏目"


class BulkForm(forms.Form):
    """New values, or "clear". A field left empty is not touched."""

    reason = TextField(
        label="修改原因",
        required=True,
        max_length=200,
        error_messages={"required": "请写明为什么成批修改，日志里会留下。"},
    )
    verified_on = DayField(label="核实日期", required=False)
    seen_on = DayField(label="以上情况了解于", required=False, help_text="健康、自理、居住方式从这一天起算")
    state = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date) -> None:
        self.today = today
        super().__init__(data, initial={"seen_on": today, "token": uuid.uuid4()})
        for name in BULK_FIELDS:
            self.fields[name] = _unchanged(PersonForm.base_fields[name])
        offer_terms(self.fields, stored={}, empty="不改")
        own = form_fields({})
        must = {name for name, field in own.items() if field.required}
        self.own = {name: _unchanged(field) for name, field in own.items()}
        self.fields |= self.own
        for name in self.names:
            if name in must:
                continue
            label = f"清空{self.fields[name].label}"
            self.fields[f"clear_{name}"] = forms.BooleanField(label=label, required=False)
        for field in self.fields.values():
            field.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        sections = [*SECTIONS, *([(OWN_SECTION, _in_threes(list(self.own)))] if self.own else [])]
        self.helper.layout = Layout(
            "token", "reason", *(Fieldset(title, *map(self._row, rows)) for title, rows in sections)
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Fields that can be changed, in the order of the page."""
        return (*BULK_FIELDS, "verified_on", *self.own)

    @property
    def labels(self) -> dict[str, str]:
        return {name: str(self.fields[name].label) for name in self.names}

    def clean_seen_on(self) -> date:
        return self.cleaned_data["seen_on"] or self.today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in self.names:
            if data.get(f"clear_{name}") and data.get(name) not in (None, ""):
                self.add_error(name, "填了新的内容就不要勾选“清空”。")
        if not self.errors and not self.values():
            raise forms.ValidationError("还没有填要改的内容：至少填一项，或勾选一项“清空”。")
        return data

    def values(self) -> dict[str, Any]:
        """New values by field as the register keeps them, None to clear."""
        found: dict[str, Any] = {}
        for name in self.names:
            if self.cleaned_data.get(f"clear_{name}"):
                found[name] = None
            elif self.cleaned_data.get(name) not in (None, ""):
                found[name] = self.cleaned_data[name]
        return found | stored_values(found, {name: self.own[name] for name in found if name in self.own})

    def _row(self, names: tuple[str, ...]) -> Row:
        clears = {name: [Field(f"clear_{name}")] if f"clear_{name}" in self.fields else [] for name in names}
        return Row(*(Column(Div(Field(name), *clears[name])) for name in names))

    def typed(self) -> dict[str, str]:
        """What was sent, as texts: for the next form, and for a job that reads it again."""
        keep = ("reason", "seen_on", "token", *self.names, *(f"clear_{name}" for name in self.names))
        return {name: self.data[name] for name in keep if self.data.get(name)}


def _unchanged(field: forms.Field) -> forms.Field:
    own = copy.deepcopy(field)
    own.required, own.help_text = False, ""
    choices: Any = getattr(own, "choices", None)
    if choices:
        own.choices = [("", "不改"), *list(choices)[1:]]  # type: ignore[attr-defined]
    return own


def _in_threes(names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names[at : at + 3]) for at in range(0, len(names), 3))
