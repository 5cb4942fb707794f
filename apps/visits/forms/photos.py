"""The form that takes pictures of a visit."""

from typing import Any

from django import forms

from apps.core.inputs import PlainForm, WordsField
from apps.core.pictures.guarded import MAX_BYTES

MOST_AT_ONCE = 9


class _Several(forms.FileInput):
    allow_multiple_selected = True


class PicturesField(forms.FileField):
    """One or several files; gives a list."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        found = list(data) if isinstance(data, list | tuple) else [data]
        return [super(PicturesField, self).clean(file, initial) for file in found or [None]]


class PhotosForm(PlainForm):
    """Pictures of one visit, with one caption."""

    error_title = "照片没有保存"
    file = PicturesField(
        label="照片",
        help_text=f"JPEG、PNG、WebP 或 BMP，每张 15 MB 以内，一次最多{MOST_AT_ONCE}张；手机上可以直接拍。"
        "照片里的拍摄地点等信息会去掉。",
        error_messages={"required": "请选择照片。", "empty": "文件是空的，请重新选择照片。"},
        widget=_Several(
            attrs={
                "accept": "image/jpeg,image/png,image/webp,image/bmp",
                "data-max-mb": 15,
                "data-max-files": MOST_AT_ONCE,
            }
        ),
    )
    caption = WordsField(label="说明", max_length=80, required=False)

    def clean_file(self) -> list[Any]:
        files: list[Any] = self.cleaned_data["file"]
        if len(files) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多{MOST_AT_ONCE}张，请分几次上传。")
        for number, file in enumerate(files, start=1):
            if file.size > MAX_BYTES:
                raise forms.ValidationError(f"第{number}张超过 15 MB，请用小一些的照片。")
        return files
