"""Forms of units."""

from typing import Any

from django import forms

from apps.core.inputs import PlainForm
from apps.units.choices import Change, Kind, Level
from apps.units.models import Unit, UnitQuerySet
from apps.units.rules import KINDS, credit_code_fault, tidy_credit_code

DAY = {"invalid": "日期填成 2026-09-30 这样。", "required": "请填写日期。"}


def _day(label: str, **options: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages=DAY,
        **options,
    )


class UnitForm(PlainForm):
    """What is kept of a unit; ``level`` is where it stands."""

    name = forms.CharField(label="名称", max_length=80, error_messages={"required": "请填写名称。"})
    short_name = forms.CharField(
        label="简称", max_length=30, required=False, help_text="列表和报表里用，如“财政局”；不填就用全称。"
    )
    kind = forms.ChoiceField(
        label="性质", widget=forms.RadioSelect, error_messages={"required": "请选择性质。"}
    )
    credit_code = forms.CharField(
        label="统一社会信用代码", max_length=30, required=False, help_text="18 位；没有的不填。"
    )
    sort = forms.IntegerField(
        label="排序",
        initial=0,
        min_value=0,
        max_value=9999,
        help_text="数字小的排在前面。",
        error_messages={"required": "请填写排序。", "invalid": "请填写数字。"},
    )
    opened_on = _day("设立日期", required=False, help_text="不知道的不填。")

    def __init__(self, *args: Any, level: Level, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in KINDS[level]]

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])

    def clean_credit_code(self) -> str:
        code = tidy_credit_code(self.cleaned_data["credit_code"])
        fault = credit_code_fault(code) if code else None
        if fault:
            raise forms.ValidationError(fault)
        return code


class NewUnitForm(UnitForm):
    code = forms.SlugField(
        label="代码",
        max_length=40,
        help_text="导入花名册和报表用它认单位，以后不能改。用拼音字母、数字和横线，如 nanling-czj。",
        error_messages={
            "required": "请填写代码。",
            "invalid": "代码只能用英文字母、数字、横线和下划线。",
        },
    )
    field_order = ("name", "short_name", "code", "kind", "credit_code", "sort", "opened_on")


class RenameForm(PlainForm):
    name = forms.CharField(label="新名称", max_length=80, error_messages={"required": "请填写新名称。"})
    short_name = forms.CharField(label="新简称", max_length=30, required=False)
    from_day = _day("从哪一天起")
    document = forms.CharField(label="文号", max_length=80, required=False, help_text="批准更名的文件。")


class CloseForm(PlainForm):
    """A merger or an abolition; ``successors`` are the units that may take over."""

    kind = forms.ChoiceField(
        label="办理什么",
        choices=[(Change.MERGED.value, "并入另一个单位"), (Change.ABOLISHED.value, "撤销")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择并入或撤销。"},
    )
    successor = forms.ModelChoiceField(
        label="承接单位",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="没有",
        help_text="并入时必填；撤销时有承接单位的也写上。",
        error_messages={"invalid_choice": "没有这个单位，或者它已撤销。"},
    )
    happened_on = _day("日期")
    document = forms.CharField(label="文号", max_length=80, required=False)

    def __init__(self, *args: Any, successors: UnitQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["successor"].queryset = successors
        self.fields["successor"].label_from_instance = place_label

    def clean_kind(self) -> Change:
        return Change(self.cleaned_data["kind"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("kind") == Change.MERGED and "successor" in values and values["successor"] is None:
            self.add_error("successor", "请选择并入哪个单位。")
        return values


class ReopenForm(PlainForm):
    reason = forms.CharField(
        label="事由", max_length=200, error_messages={"required": "请填写事由。"}, help_text="记入操作日志。"
    )


class TreeConditions(forms.Form):
    """The filter line of the tree."""

    q = forms.CharField(
        label="名称、代码或信用代码",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "名称、曾用名、代码"}),
    )
    closed = forms.ChoiceField(
        label="已撤销的", required=False, choices=[("", "不含已撤销的"), ("1", "包括已撤销的")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)


def place_label(unit: Unit) -> str:
    """Name of a unit with its area."""
    return f"{unit.area.label} · {unit.name}" if unit.level == Level.UNIT and unit.area else unit.name
