"""Forms of the dictionaries."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError

from apps.core.cells import parse_text_cell


class WordsField(forms.CharField):
    """A short text, tidied; control characters are refused."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        parsed = parse_text_cell(text, label=self.label or "名称", max_length=self.max_length or 40)
        problems = [issue.message for issue in parsed.issues if issue.level == "error"]
        if problems:
            raise ValidationError(problems)
        return parsed.value or ""


class DictionaryForm(forms.Form):
    """A new dictionary of the bureau."""

    label = WordsField(label="名称", max_length=40, error_messages={"required": "请填写名称。"})
    note = WordsField(label="说明", max_length=200, required=False, help_text="用在哪里，谁来维护")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class TermForm(forms.Form):
    """A term's words."""

    label = WordsField(label="名称", max_length=40, error_messages={"required": "请填写名称。"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class MergeForm(forms.Form):
    """Which term takes the place of another."""

    into = forms.ChoiceField(label="并入", error_messages={"required": "请选择并入哪一项。"})

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].choices = [("", "请选择"), *choices]
        self.helper = FormHelper()
        self.helper.form_tag = False


class DivisionSearch(forms.Form):
    """The search line of the divisions."""

    q = forms.CharField(
        label="地名或代码",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "地名或代码，如 随县"}),
    )
