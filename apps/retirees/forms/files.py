"""Forms that take a file about a person: the photograph and its cut, a paper."""

import uuid
from typing import Any, ClassVar

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.audit.actions import refuse_marked_file
from apps.core.inputs import TextField, TokenField
from apps.core.pictures import Box
from apps.core.pictures.guarded import MAX_BYTES as MAX_PICTURE
from apps.core.sniffing import MAX_BYTES as MAX_PAPER
from apps.retirees.choices import AttachmentKind
from apps.retirees.forms.changes import ChangeForm

_BOX = ("left", "top", "width")


class PhotoForm(forms.Form):
    """A picture and which part of it; without script nothing is chosen and the middle is taken."""

    file = forms.FileField(
        label="照片",
        help_text="JPEG、PNG、WebP 或 BMP，15 MB 以内。可以选择、拖进来，或复制后按 Ctrl+V 粘贴；手机上可以直接拍。",
        error_messages={"required": "请选择照片。", "empty": "文件是空的，请重新选择照片。"},
        widget=forms.FileInput(
            attrs={"accept": "image/jpeg,image/png,image/webp,image/bmp", "data-max-mb": 15}
        ),
    )
    left = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    top = forms.FloatField(required=False, min_value=0, max_value=1, widget=forms.HiddenInput)
    width = forms.FloatField(required=False, min_value=0.001, max_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_PICTURE:
            raise forms.ValidationError("照片超过 15 MB，请用小一些的照片。")
        return file

    def box(self) -> Box | None:
        """The chosen part; None unless all of it is there."""
        parts = [self.cleaned_data.get(name) for name in _BOX]
        return Box(*(float(part) for part in parts)) if all(part is not None for part in parts) else None


class _ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files; gives a list."""

    default_validators: ClassVar = [refuse_marked_file]

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        found = list(data) if isinstance(data, list | tuple) else [data]
        return [super(FilesField, self).clean(file, initial) for file in found or [None]]


MOST_PAPERS = 10


class PaperForm(ChangeForm):
    """Papers of the person, of one kind."""

    kind = forms.ChoiceField(
        label="类别",
        choices=AttachmentKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择类别。"},
    )
    file = FilesField(
        label="文件",
        help_text=f"PDF、JPEG、PNG、Word（.docx）、Excel（.xlsx），每个 20 MB 以内，一次最多{MOST_PAPERS}个。"
        "可以选择、拖进来，或复制后按 Ctrl+V 粘贴。不得上传涉密文件；病历请不要上传。",
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请重新选择。"},
        widget=_ManyFiles(
            attrs={
                "accept": ".pdf,.jpg,.jpeg,.png,.docx,.xlsx",
                "data-max-mb": 20,
                "data-max-files": MOST_PAPERS,
            }
        ),
    )
    title = TextField(label="标题", max_length=120, help_text="空着就用文件名；几个文件共用的，后面加次序")
    note = TextField(label="说明", max_length=200)
    token = TokenField()

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, initial={"token": uuid.uuid4()}, **kwargs)
        self.files = files if files is not None else self.files
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("token", "file", "kind", Row(Column("title"), Column("note")))

    def clean_file(self) -> Any:
        files = self.cleaned_data["file"]
        if len(files) > MOST_PAPERS:
            raise forms.ValidationError(f"一次最多{MOST_PAPERS}个文件，请分几次上传。")
        for file in files:
            if file.size > MAX_PAPER:
                which = f"“{file.name}”" if len(files) > 1 else "文件"
                raise forms.ValidationError(f"{which}超过 20 MB，请压缩或分开上传。")
        return files
