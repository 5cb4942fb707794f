"""Taking a person's form away wants a reason."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms


class LrmxForm(forms.Form):
    reason = forms.ChoiceField(
        label="用途",
        error_messages={"required": "请选择用途。", "invalid_choice": "请选择列出的用途。"},
    )

    def __init__(self, *args: Any, reasons: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", "请选择"), *((reason, reason) for reason in reasons)]
        self.helper = FormHelper()
        self.helper.form_tag = False
