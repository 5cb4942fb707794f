"""The bureau's own fields in forms: as fields of a person, and the form that defines one."""

from collections.abc import Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.core.fields import decode
from apps.core.inputs import PartialDateField, TextField
from apps.dictionaries.queries import dictionaries, entries_of, offered
from apps.retirees.choices import CustomKind
from apps.retirees.models import CustomField, PrivateDetails, Retiree
from apps.retirees.rules.custom import is_custom, stored_custom


def form_fields(stored: Mapping[str, Any]) -> dict[str, forms.Field]:
    """Fields of a person's form by key, for the definitions in use. ``stored``: what he has, by key."""
    found = list(CustomField.objects.in_use())
    codes = {one.dictionary for one in found if one.dictionary}
    entries = entries_of(codes) if codes else {}
    made: dict[str, forms.Field] = {}
    for one in found:
        choices = offered(entries.get(one.dictionary, []), keep=stored.get(one.key))
        field = _field(one, choices)
        field.label, field.help_text, field.required = one.label, one.help_text, one.is_required
        field.initial = _shown(one, stored.get(one.key))
        made[one.key] = field
    return made


def _field(one: CustomField, choices: list[tuple[str, str]]) -> forms.Field:
    if one.kind == CustomKind.NUMBER:
        return forms.DecimalField(
            min_value=one.minimum,
            max_value=one.maximum,
            max_digits=14,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )
    if one.kind == CustomKind.DATE:
        return PartialDateField()
    if one.kind == CustomKind.YES_NO:
        return forms.TypedChoiceField(
            choices=[("", "未填"), ("yes", "是"), ("no", "否")],
            coerce=lambda text: text == "yes",
            empty_value=None,
        )
    if one.kind == CustomKind.CHOICE:
        return forms.ChoiceField(choices=[("", "未填"), *choices])
    return TextField(max_length=one.max_length)


def _shown(one: CustomField, value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return decode(value or "") if one.kind == CustomKind.DATE else value


def with_dates(values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` with the bureau's own dates as dates; the others are stored as one types them."""
    names = [name for name in values if is_custom(name)]
    kinds = {one.key: one.kind for one in CustomField.objects.all()} if names else {}
    dates = {name: decode(values[name] or "") for name in names if kinds.get(name) == CustomKind.DATE}
    return {**values, **dates}


def stored_values(cleaned: Mapping[str, Any], fields: Mapping[str, forms.Field]) -> dict[str, Any]:
    """Cleaned values as the register keeps them, None for an empty one."""
    return {key: stored_custom(cleaned[key]) or _no(cleaned[key]) for key in fields if key in cleaned}


def _no(value: Any) -> bool | None:
    """否 is an answer, an empty text is none."""
    return False if value is False else None


class CustomFieldForm(forms.Form):
    """Definition of a field. Kind and dictionary are fixed once it is made: values would no longer fit."""

    label = TextField(label="名称", required=True, max_length=20, error_messages={"required": "请填写名称。"})
    kind = forms.ChoiceField(label="类型", choices=CustomKind.choices)
    dictionary = forms.ChoiceField(label="选项来自字典", required=False, help_text="类型为“选项”时选择")
    help_text = TextField(label="填写说明", max_length=100)
    max_length = forms.IntegerField(label="最多字数", min_value=1, max_value=500, initial=200, required=False)
    minimum = forms.DecimalField(label="最小", max_digits=12, decimal_places=2, required=False)
    maximum = forms.DecimalField(label="最大", max_digits=12, decimal_places=2, required=False)
    sort = forms.IntegerField(label="次序", min_value=0, max_value=999, initial=0, required=False)
    is_required = forms.BooleanField(label="必填", required=False)

    def __init__(self, data: Any = None, *, field: CustomField | None = None) -> None:
        self.field = field
        initial = {name: getattr(field, name) for name in self.base_fields} if field else {}
        super().__init__(data, initial=initial)
        own = [(code, f"{label}（{source}）") for code, label, source in dictionaries()]
        self.fields["dictionary"].choices = [("", "—"), *own]
        if field is not None:
            self.fields["kind"].disabled = self.fields["dictionary"].disabled = True
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout(
            "label",
            Row(Column("kind"), Column("dictionary")),
            "help_text",
            Row(Column("max_length"), Column("minimum"), Column("maximum"), Column("sort")),
            "is_required",
        )

    def clean_label(self) -> str:
        label: str = self.cleaned_data["label"]
        others = CustomField.objects.filter(label=label)
        if self.field is not None:
            others = others.exclude(pk=self.field.pk)
        if others.exists():
            raise forms.ValidationError("已有同名的栏目（可能已停用）。")
        if label in {
            str(column.verbose_name) for model in (Retiree, PrivateDetails) for column in model._meta.fields
        }:
            raise forms.ValidationError("名册里本来就有这一栏，不用另建。")
        return label

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_choice = data.get("kind") == CustomKind.CHOICE
        if is_choice and not data.get("dictionary"):
            self.add_error("dictionary", "请选择字典；还没有的，先在“字典”里新建。")
        if not is_choice:
            data["dictionary"] = ""
        low, high = data.get("minimum"), data.get("maximum")
        if low is not None and high is not None and low > high:
            self.add_error("maximum", "最大不能小于最小。")
        data["max_length"] = data.get("max_length") or 200
        data["sort"] = data.get("sort") or 0
        data["help_text"] = data.get("help_text") or ""
        return data
