"""Texts that clerks type into the forms of plans: tidied, without control characters and marks of secrecy."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from apps.audit.actions import refuse_marked_text
from apps.core.cells import parse_text_cell


class WordsField(forms.CharField):
    """A short text; in a textarea of several lines."""

    default_validators: ClassVar = [refuse_marked_text]

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        parsed = parse_text_cell(
            text,
            label=str(self.label or "内容"),
            max_length=self.max_length or 200,
            multiline=isinstance(self.widget, forms.Textarea),
        )
        problems = [issue.message for issue in parsed.issues if issue.level == "error"]
        if problems:
            raise ValidationError(problems)
        return parsed.value or ""


class DayField(forms.DateField):
    """A day, with the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)


class TokenField(forms.UUIDField):
    """What makes a form that is sent twice count once."""

    widget = forms.HiddenInput
    default_error_messages = {"required": "已过期，请刷新后再填。", "invalid": "已过期，请刷新后再填。"}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label="本页", **kwargs)


class PlainForm(forms.Form):
    """Base: the page draws the form's frame and buttons."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
