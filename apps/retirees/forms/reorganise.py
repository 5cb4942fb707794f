"""The form that merges a unit, gives it to another county, or puts it below another one."""

import json
import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.utils.crypto import constant_time_compare, salted_hmac

from apps.core.inputs import DayField, TextField, TokenField
from apps.core.scope import Actor
from apps.retirees.choices import Reorganisation
from apps.units.choices import Level
from apps.units.models import Unit


class ReorganiseForm(forms.Form):
    """Asked twice: the second time with what will happen beside it; the token confirms just that."""

    kind = forms.ChoiceField(
        label="办理什么", widget=forms.RadioSelect, error_messages={"required": "请选择办理什么。"}
    )
    target = forms.ChoiceField(
        label="承接单位、县市区或新的上级",
        help_text="并入：选承接单位；划转：选县市区；只改上级：选同一县市区里的上级",
        error_messages={"required": "请选择。"},
    )
    happened_on = DayField(
        label="日期", help_text="从这一天起算承接单位的人", error_messages={"required": "请填写日期。"}
    )
    document = TextField(label="文号", max_length=80)
    token = TokenField()

    def __init__(self, data: Any = None, *, unit: Unit, actor: Actor, today: date) -> None:
        self.unit = unit
        super().__init__(data, initial={"happened_on": today, "token": uuid.uuid4()})
        for field in self.fields.values():
            field.today = today
        county = unit.level == Level.COUNTY
        kinds = Reorganisation.choices[:1] if county else Reorganisation.choices
        self.fields["kind"].choices = kinds
        units = Unit.objects.visible_to(actor).open_on(today).exclude(pk=unit.pk).exclude(level=Level.CITY)
        if county:
            units = units.filter(level=Level.COUNTY)
        found = units.select_related("area").order_by("area__sort", "area_id", "-level", "sort", "pk")
        self.units = {str(one.pk): one for one in found}
        self.fields["target"].choices = [("", "请选择"), *_grouped(self.units)]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("token", "kind", "target", Row(Column("happened_on"), Column("document")))

    def clean_kind(self) -> Reorganisation:
        return Reorganisation(self.cleaned_data["kind"])

    def clean_target(self) -> Unit:
        return self.units[self.cleaned_data["target"]]

    def typed(self) -> list[tuple[str, str]]:
        """What was sent, as the confirming page carries it on."""
        return [(name, str(self.data.get(name, ""))) for name in self.fields]

    @property
    def confirmation(self) -> str:
        """Stands for exactly what was typed."""
        text = json.dumps([self.unit.pk, self.typed()])
        return salted_hmac("retirees.reorganise", text).hexdigest()

    def is_confirmed(self) -> bool:
        return constant_time_compare(self.confirmation, self.data.get("confirmed", ""))


def _grouped(units: dict[str, Unit]) -> list[tuple[str, list[tuple[str, str]]]]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, unit in units.items():
        label = f"{unit.name}（县市区）" if unit.level == Level.COUNTY else unit.name
        groups.setdefault(unit.area.label if unit.area else unit.label, []).append((key, label))
    return list(groups.items())
