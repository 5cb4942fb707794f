"""Form fields that read what people type as apps/core/cells reads it: what is wrong is said, what is doubtful is kept.

A field leaves what it doubts in ``warnings``; the form shows it beside the field and lets it be confirmed.
Fields are copied for each form, so the warnings belong to one sending.
"""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.core.cells import Parsed, parse_id_cell, parse_name_cell, parse_phone_cell
from apps.core.inputs import ReadField
from apps.core.lunar import lunar_of
from apps.core.national_id import NationalId
from apps.core.partial_date import PartialDate

DATE_HINT = "只知道年月就填年月，如 1948年2月、1948.2"


BIRTH_CALENDARS = (("solar", "公历"), ("lunar", "农历"), ("leap", "农历闰月"))


def calendar_of(value: PartialDate | None) -> str:
    """Which of BIRTH_CALENDARS a stored date was given in."""
    lunar = lunar_of(value)
    return "solar" if lunar is None else "leap" if lunar.leap else "lunar"


class NationalIdField(ReadField):
    """An ID number by GB 11643; gives the eighteen characters, and leaves the reading in ``identity``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}))
        super().__init__(**kwargs)
        self.identity: NationalId | None = None

    def read(self, text: str) -> Parsed[NationalId]:
        return parse_id_cell(text, today=self.today)

    def clean(self, value: Any) -> str | None:
        self.identity = super().clean(value)
        return self.identity.number if self.identity else None


class PhoneField(ReadField):
    """One or several telephone numbers, as digits; whose they are stays in brackets."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 120)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}))
        super().__init__(**kwargs)

    def read(self, text: str) -> Parsed[Any]:
        return parse_phone_cell(text)

    def clean(self, value: Any) -> str | None:
        phones = super().clean(value)
        if not phones:
            return None
        return "、".join(
            f"{phone.number}（{phone.note}）" if phone.note else phone.number for phone in phones
        )


class NameField(ReadField):
    """A person's name; what stands in brackets belongs into other fields."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def read(self, text: str) -> Parsed[str]:
        parsed = parse_name_cell(text, required=self.required, label=self.label or "姓名")
        if parsed.hints:
            raise ValidationError("姓名里只写姓名，括号里的说明请填到相应的栏目。", code="remark")
        return parsed
