"""What is to stand in the file; a second person's answer."""

import uuid
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from apps.audit.actions import refuse_marked_file
from apps.core.documents.filling import plain_text
from apps.core.scope import Actor
from apps.exports.choices import WHOLE, Format, Mask
from apps.exports.models import FormTemplate
from apps.exports.rules import ExportColumn, Exporter, plain_field

TABLES = [(value, label) for value, label in Format.choices if value != Format.FORM]


def _helper(*fields: str) -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    if fields:
        helper.layout = Layout(*fields)
    return helper


class ExportForm(forms.Form):
    """Columns in order, form of the file, what becomes of private columns, and what for."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    format = forms.ChoiceField(label="格式", choices=TABLES, initial=Format.XLSX, widget=forms.RadioSelect)
    order = forms.ChoiceField(label="排序")
    mask = forms.ChoiceField(
        label="身份证号、电话、住址、医保号、收入",
        choices=Mask.choices,
        initial=Mask.MASKED,
        widget=forms.RadioSelect,
        help_text="原样导出这些内容，不论多少人都要由第二个人批准。",
    )
    reason = forms.CharField(
        label="用途",
        required=False,
        max_length=200,
        help_text="含上面这些内容、或要审批时必填，如“7月体检名单交市人民医院”。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    template = forms.ChoiceField(
        label="填到自制表样里",
        required=False,
        help_text="选了表样，就按表样里的字段填，不看上面的格式和下面的列。",
    )
    one_each = forms.BooleanField(label="每人一份（打包成一个压缩文件）", required=False)
    columns = forms.MultipleChoiceField(label="列", required=False)

    def __init__(
        self,
        *args: Any,
        exporter: Exporter,
        actor: Actor,
        offered: list[ExportColumn],
        shown: list[str],
        order: str,
        templates: list[FormTemplate],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        forms_ = ("template", "one_each") if templates else ()
        self.helper = _helper("token", "format", "mask", "order", "reason", *forms_)
        self.templates = {str(one.pk): one for one in templates}
        self.fields["template"].choices = [
            ("", "不用表样"),
            *((key, f"{one.name}（第{one.version}版）") for key, one in self.templates.items()),
        ]
        self.paper_columns = {
            format: [column for column in offered if column.name in names]
            for format, names in exporter.paper_columns.items()
        }
        self.fields["format"].choices = [
            pair for pair in TABLES if pair[0] not in WHOLE or pair[0] in exporter.paper_columns
        ]
        self.by_label = {column.label: column for column in exporter.fields(actor)}
        self.offered = {column.name: column for column in offered}
        self.fields["order"].choices = list(exporter.orders)
        self.fields["order"].initial = order
        self.fields["columns"].choices = [(column.name, column.label) for column in offered]
        self.fields["token"].initial = uuid.uuid4()
        self.shown = shown

    def clean_columns(self) -> list[ExportColumn]:
        return [self.offered[name] for name in dict.fromkeys(self.cleaned_data["columns"])]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        template = self.templates.get(data.get("template", ""))
        if template is not None:
            data["format"] = Format.FORM
            used = dict.fromkeys(map(plain_field, template.fields))
            data["columns"] = [self.by_label[name] for name in used if name in self.by_label]
        elif data.get("format") in WHOLE:
            data["columns"] = self.paper_columns.get(data["format"], [])
            if (
                data.get("mask") == Mask.OUT
            ):  # a paper has its boxes; what is not shown in full is masked or empty
                data["mask"] = Mask.MASKED
        elif not data.get("columns") and "columns" not in self.errors:
            self.add_error("columns", "至少选一列。")
        private = any(column.private for column in data.get("columns", []))
        if private and data.get("mask") != Mask.OUT and not (data.get("reason") or "").strip():
            self.add_error("reason", "列里有身份证号、电话等内容，请写明用途；不需要的话，选“不导出”。")
        return data

    def column_choices(self) -> list[dict[str, Any]]:
        """What the page offers: the chosen ones in their order, then the rest."""
        chosen = self.data.getlist("columns") if self.is_bound else self.shown
        order = [name for name in dict.fromkeys(chosen) if name in self.offered]
        rest = [name for name in self.offered if name not in order]
        return [
            {
                "name": name,
                "label": self.offered[name].label,
                "shown": name in order,
                "private": self.offered[name].private,
            }
            for name in (*order, *rest)
        ]


class DecisionForm(forms.Form):
    """A second person's answer; the opinion must be given when it is no."""

    answer = forms.ChoiceField(choices=[("agree", "批准"), ("refuse", "不批准")], widget=forms.HiddenInput)
    words = forms.CharField(label="意见", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("answer") == "refuse" and not (data.get("words") or "").strip():
            self.add_error("words", "不批准时请写明原因，对方会看到。")
        return data


class TemplateForm(forms.Form):
    """A form of the office's own."""

    name = forms.CharField(
        label="名称", max_length=60, help_text="同名的会成为新的一版，如“干部基本情况登记表”。"
    )
    file = forms.FileField(
        validators=[refuse_marked_file],
        label="文件",
        help_text="Word（.docx）或 Excel（.xlsx），要填的地方写 {{ 姓名 }} 这样的双花括号；不超过 5 MB。",
        widget=forms.ClearableFileInput(attrs={"accept": ".docx,.xlsx", "data-max-mb": "5"}),
    )

    def __init__(self, *args: Any, check_url: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()
        self.fields["file"].widget.attrs |= {
            "hx-post": check_url,
            "hx-trigger": "change",
            "hx-encoding": "multipart/form-data",
            "hx-target": "#form-check",
            "hx-swap": "innerHTML",
        }

    def clean_name(self) -> str:
        return plain_text(self.cleaned_data["name"]).strip()
