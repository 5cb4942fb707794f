"""Asking for a reviewed change and deciding about it: reason, proof, words; and which fields are reviewed."""

from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.audit.actions import refuse_marked_file
from apps.core.inputs import TextField
from apps.retirees.queries.requests import DEATH, REVIEWABLE, field_label

MAX_PROOF_BYTES = 10 * 1024 * 1024
SIGNATURES = {
    ".pdf": b"%PDF-",
    ".jpg": b"\xff\xd8\xff",
    ".jpeg": b"\xff\xd8\xff",
    ".png": b"\x89PNG\r\n\x1a\n",
}
PROOF_HINT = "扫描件或照片，PDF、JPG、PNG，10MB以内；可以不附"


class ProofField(forms.FileField):
    """A scan. What the bytes are decides, not only the name."""

    default_validators: ClassVar = [refuse_marked_file]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("label", "证明材料")
        kwargs.setdefault("help_text", PROOF_HINT)
        kwargs.setdefault("max_length", 150)
        accept = ",".join(SIGNATURES)
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": accept, "data-max-mb": "10"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> UploadedFile | None:
        file = super().clean(data, initial)
        if not file:
            return None
        if file.size > MAX_PROOF_BYTES:
            raise forms.ValidationError("文件超过10MB，请压缩或分开扫描。")
        name = (file.name or "").lower()
        start = file.read(8)
        file.seek(0)
        if not any(name.endswith(ending) and start.startswith(sign) for ending, sign in SIGNATURES.items()):
            raise forms.ValidationError("只能附PDF、JPG、PNG文件，而且内容要与扩展名相符。")
        return file


def reason_field(**kwargs: Any) -> TextField:
    """Why a reviewed field should change."""
    return TextField(
        label="修改的原因和依据",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "请写明原因和依据。"},
        **kwargs,
    )


class _Crispy(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class ResendForm(_Crispy):
    """A returned request, sent again."""

    reason = reason_field(required=True, help_text="如：县委组织部2023年3月批复。200字以内")
    proof = ProofField(help_text=f"{PROOF_HINT}，附了就替换原来的")


class AnswerForm(_Crispy):
    """Why a request is sent back or refused."""

    words = TextField(
        label="意见",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写清缺什么、要改什么，对方会看到。200字以内",
        error_messages={"required": "请写明意见，让对方知道要改什么。"},
    )


class ReviewedForm(_Crispy):
    """The fields that the office has reviewed."""

    names = forms.MultipleChoiceField(
        label="县市区和单位修改下列内容要经市局审核",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少保留一项审核。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["names"].choices = [(name, field_label(name)) for name in (DEATH, *REVIEWABLE)]


class RequestConditions(forms.Form):
    """What the list of requests shows; a key that is not here is refused."""

    tab = forms.ChoiceField(required=False, choices=[(name, name) for name in ("", "decide", "own", "done")])
    batch = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    page = forms.IntegerField(required=False, min_value=1, max_value=10000)
