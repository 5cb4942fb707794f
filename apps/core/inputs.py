"""Form fields that every app uses, and the base of its forms: they read what people type as apps/core/cells reads it.

What is wrong is said, what is doubtful is kept in ``warnings``; the form shows it beside the field and lets it be
confirmed. Fields are copied for each form, so the warnings belong to one sending.
"""

from datetime import date
from functools import cached_property
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from apps.core.cells import Issue, Parsed, parse_date_cell
from apps.core.cells import parse_text_cell as parse_text
from apps.core.classified import refuse_marked
from apps.core.lunar import lunar_of
from apps.core.partial_date import PartialDate


class ReadField(forms.CharField):
    """Base: reads a text, keeps warnings. A warning that leaves no value is an error here, where one can ask back."""

    today: date

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.warnings: list[Issue] = []

    def read(self, text: str) -> Parsed[Any]:
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        self.warnings = []
        text = super().clean(value)
        if not text:
            return None
        parsed = self.read(text)
        heavy = [issue for issue in parsed.issues if issue.level == "error" or parsed.value is None]
        if heavy:
            raise ValidationError([ValidationError(issue.message, code=issue.kind) for issue in heavy])
        self.warnings = [issue for issue in parsed.issues if issue.level == "warning"]
        return parsed.value


class TextField(ReadField):
    """Free text, tidied; control characters and marks of secrecy are refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "validators": [refuse_marked, *kwargs.get("validators", ())]})

    def read(self, text: str) -> Parsed[str]:
        multiline = isinstance(self.widget, forms.Textarea)
        return parse_text(
            text, label=str(self.label or "内容"), max_length=self.max_length or 500, multiline=multiline
        )


class WordsField(TextField):
    """The same for a column that is never NULL: nothing typed is an empty text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": True, **kwargs})

    def clean(self, value: Any) -> str:
        return super().clean(value) or ""


def date_as_typed(value: PartialDate) -> str:
    """1924年7月, or 农历1933年闰五月三十 where it was given so."""
    return str(lunar_of(value) or value)


class PartialDateField(ReadField):
    """A year, a year and month, or a day; shown again as 1924年7月, or as the lunar date it was given as.

    ``calendar``: what a text is that does not say it itself, "solar", "lunar" or "leap".
    """

    calendar = "solar"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(**kwargs)

    def read(self, text: str) -> Parsed[PartialDate]:
        parsed = parse_date_cell(
            text,
            today=self.today,
            label=str(self.label or "日期"),
            lunar=self.calendar in ("lunar", "leap"),
            leap=self.calendar == "leap",
        )
        if parsed.value is not None and str(parsed.value) == parsed.value.raw:
            value = parsed.value
            return Parsed(PartialDate(value.year, value.month, value.day), parsed.raw, parsed.issues)
        return parsed

    def prepare_value(self, value: Any) -> Any:
        return date_as_typed(value) if isinstance(value, PartialDate) else value


class AnyDayField(forms.DateField):
    """A whole day, with the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class DayField(AnyDayField):
    """A whole day, not in the future: ``today`` is set by the form."""

    today: date

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is not None and day > self.today:
            raise forms.ValidationError("还没有到这一天，请核对。")
        return day


OLD_PAGE = "已过期，请刷新后再填。"


class TokenField(forms.UUIDField):
    """What makes a form that is sent twice count once; it was put into the page and nobody types it."""

    widget = forms.HiddenInput
    default_error_messages = {"required": OLD_PAGE, "invalid": OLD_PAGE}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="本页", **kwargs)


class MoneyField(forms.DecimalField):
    """Yuan; 1,234.50元 is read as well."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"required": False, "min_value": 0, "max_digits": 10, "decimal_places": 2, **kwargs}
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.strip().removesuffix("元").replace(",", "").replace("，", "").strip()
        return super().to_python(value)


class PlainForm(forms.Form):
    """A form inside a ``<form>`` of the page's own, which draws its buttons."""

    @cached_property
    def helper(self) -> FormHelper:
        """How crispy forms lays it out."""
        helper = FormHelper()
        helper.form_tag = False
        return helper
