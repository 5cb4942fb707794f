"""The bureau's own fields as conditions of the list: values of choices, bounds of numbers and dates."""

from django import forms
from django.utils import timezone

from apps.core.inputs import PartialDateField
from apps.retirees.choices import CustomKind
from apps.retirees.forms.condition_fields import several
from apps.retirees.models import CustomField
from apps.retirees.queries.custom import CustomFields
from apps.retirees.queries.own_conditions import CUSTOM, FROM, UNTIL

SIGNS = {CustomKind.NUMBER: ("不小于", "不大于"), CustomKind.DATE: ("不早于", "不晚于")}
"""What a lower and an upper bound are called."""


def own_conditions(field: CustomField, own: CustomFields) -> dict[str, forms.Field]:
    """Conditions of one field by name; of texts only whether they are filled."""
    found: dict[str, forms.Field] = {f"{CUSTOM}{field.key}": several(field.label, _choices(field, own))}
    signs = SIGNS.get(CustomKind(field.kind), ())
    for start, sign in zip((FROM, UNTIL), signs, strict=False):
        made = _bound(field)
        made.label = f"{field.label}{sign}"
        found[f"{start}{field.key}"] = made
    return found


def is_bound(name: str) -> bool:
    """Whether a condition is a bound of a field of the bureau's own."""
    return name.startswith((FROM, UNTIL))


def _choices(field: CustomField, own: CustomFields) -> list[tuple[str, str]]:
    if field.kind == CustomKind.YES_NO:
        return [("yes", "是"), ("no", "否")]
    return list(own.labels.get(field.dictionary, {}).items())


def _bound(field: CustomField) -> forms.Field:
    if field.kind == CustomKind.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        return forms.DecimalField(required=False, max_digits=14, decimal_places=2, widget=widget)
    made = PartialDateField()
    made.today = timezone.localdate()
    return made
