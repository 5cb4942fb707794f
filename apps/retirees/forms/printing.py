"""What to print of a person, and the office's own Word form."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from apps.audit.actions import refuse_marked_file
from apps.core.inputs import TokenField

PAPERS = (("file", "一人一档（PDF，一到两张纸）"), ("form", "干部信息表（Word，可以再改）"))
PLAIN = (("", "遮盖，如 139****1394"), ("plain", "不遮盖，由第二个人批准后生成"))


class PrintForm(forms.Form):
    """Which paper; whether private values stand in it in full, and then why."""

    paper = forms.ChoiceField(label="打印什么", choices=PAPERS, widget=forms.RadioSelect, initial="file")
    private = forms.ChoiceField(
        label="身份证号、电话、住址", choices=PLAIN, widget=forms.RadioSelect, required=False
    )
    reason = forms.ChoiceField(label="事由", required=False, help_text="只在不遮盖时填写")
    token = TokenField()

    def __init__(self, data: Any = None, *, may_reveal: bool, reasons: tuple[str, ...]) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "private": ""})
        self.fields["reason"].choices = [("", "请选择"), *((reason, reason) for reason in reasons)]
        if not may_reveal:
            del self.fields["private"], self.fields["reason"]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(*self.fields)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("private") and not data.get("reason"):
            self.add_error("reason", "不遮盖敏感信息要选择事由。")
        return data

    @property
    def plain(self) -> bool:
        return bool(self.cleaned_data.get("private"))


class InfoFormForm(forms.Form):
    """The office's own form."""

    file = forms.FileField(
        validators=[refuse_marked_file],
        label="表样文件",
        help_text="Word（.docx），5 MB 以内。要填的地方写成 {{ 姓名 }}，名单用 {%tr for 人 in 家庭成员 %}。",
        error_messages={"required": "请选择表样文件。", "empty": "文件是空的，请重新选择。"},
        widget=forms.FileInput(attrs={"accept": ".docx", "data-max-mb": 5}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
