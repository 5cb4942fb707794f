"""Uploading a file, choosing how it is written."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.files.uploadedfile import UploadedFile

from apps.core.scope import Actor
from apps.imports.choices import Mode
from apps.imports.reading.refusals import MAX_FILE_BYTES, REASONS
from apps.units.choices import Level
from apps.units.models import Unit


class UploadForm(forms.Form):
    """A roster and the place it belongs to."""

    unit = forms.ModelChoiceField(
        label="归入",
        queryset=Unit.objects.none(),
        empty_label="请选择县市区或单位",
        help_text="整个县市区的花名册选县市区，表里的“单位”一列会对应到各单位；一个单位的花名册选这个单位。",
    )
    file = forms.FileField(
        label="花名册文件",
        help_text="支持 .xlsx、.xls、.csv，20MB 以内、2万行以内。标题、合并单元格、小计行不用删，系统会自己认。",
        error_messages={"required": "请选择花名册文件。", "empty": REASONS["empty"]},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        units = Unit.objects.visible_to(actor).exclude(level=Level.CITY)
        if actor.unit_id is not None:
            units = units.filter(pk=actor.unit_id)
        self.fields["unit"].queryset = units.order_by("area__sort", "area_id", "level", "sort", "pk")
        self.fields["unit"].initial = actor.unit_id or actor.county_id

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MAX_FILE_BYTES:
            raise forms.ValidationError(REASONS["too-large"])
        return file


class ConfirmForm(forms.Form):
    """How to write."""

    mode = forms.ChoiceField(label="写入方式", choices=Mode.choices)


class PreviewForm(forms.Form):
    """Which rows the preview shows."""

    show = forms.ChoiceField(
        required=False,
        choices=[
            (name, name) for name in ("", "new", "update", "same", "error", "duplicate", "warning", "skipped")
        ],
    )
    page = forms.IntegerField(required=False, min_value=1, max_value=1000)
