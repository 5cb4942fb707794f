"""Taking a person's form away wants a reason."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from apps.core.inputs import TokenField

NUMBER = (("", "不含身份证号，马上生成"), ("plain", "含完整身份证号，由第二个人批准后生成"))


class LrmxForm(forms.Form):
    private = forms.ChoiceField(
        label="身份证号", choices=NUMBER, required=False, initial="", widget=forms.RadioSelect
    )
    reason = forms.ChoiceField(
        label="用途",
        error_messages={"required": "请选择用途。", "invalid_choice": "请选择列出的用途。"},
    )

    token = TokenField()

    def __init__(self, *args: Any, reasons: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, initial={"token": uuid.uuid4(), "private": ""}, **kwargs)
        self.fields["reason"].choices = [("", "请选择"), *((reason, reason) for reason in reasons)]
        self.helper = FormHelper()
        self.helper.form_tag = False

    @property
    def plain(self) -> bool:
        return bool(self.cleaned_data.get("private"))
