"""Forms of what happens in a life: illness, another unit, a ruling. Each asks little and says what follows."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.core.inputs import DayField, PartialDateField, TextField
from apps.core.scope import Actor
from apps.retirees.choices import LifeState
from apps.retirees.forms.fields import DATE_HINT
from apps.retirees.forms.units import grouped_choices, open_units
from apps.retirees.models import Retiree
from apps.retirees.rules import may_follow
from apps.units.models import Unit


class ChangeForm(forms.Form):
    """Base: knows the person and today, lays its fields out in rows."""

    rows: tuple[tuple[str, ...], ...] = ()

    def __init__(self, data: Any = None, *, person: Retiree, today: date, initial: Any = None) -> None:
        self.person, self.today = person, today
        super().__init__(data, initial=initial)
        for field in self.fields.values():
            field.today = today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.lay_out()

    def lay_out(self) -> None:
        """Put the fields that are there into their rows; called again by whoever leaves one out later."""
        rows = [tuple(name for name in row if name in self.fields) for row in self.rows]
        self.helper.layout = Layout(*(self._row(row) for row in rows if row))

    def _row(self, names: tuple[str, ...]) -> Any:
        return names[0] if len(names) == 1 else Row(*(Column(name) for name in names))


STATE_WORDS = {
    LifeState.ALIVE: "恢复正常",
    LifeState.CRITICAL: "病重",
    LifeState.MISSING: "失去联系",
}


class StateForm(ChangeForm):
    state = forms.ChoiceField(
        label="现在的情况", widget=forms.RadioSelect, error_messages={"required": "请选择现在的情况。"}
    )
    happened_on = PartialDateField(
        label="从什么时候起", required=True, help_text=DATE_HINT, error_messages={"required": "请填写时间。"}
    )
    reported_on = DayField(label="报告日期", error_messages={"required": "请填写得知的日期。"})
    note = TextField(label="说明", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))
    rows = (("state",), ("happened_on", "reported_on"), ("note",))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [
            (state.value, word) for state, word in STATE_WORDS.items() if may_follow(self.person.state, state)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        happened, reported = data.get("happened_on"), data.get("reported_on")
        if happened and reported and happened.earliest > reported:
            self.add_error("happened_on", "不能晚于报告日期。")
        return data


class MoveForm(ChangeForm):
    unit = forms.ChoiceField(label="新的管理单位", error_messages={"required": "请选择单位。"})
    moved_on = DayField(
        label="变动日期", help_text="从这一天起算新单位的人", error_messages={"required": "请填写变动日期。"}
    )
    rows = (("unit",), ("moved_on",))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = (
            open_units(actor, self.today)
            .filter(area_id=self.person.county_id)
            .exclude(pk=self.person.unit_id)
        )
        self.units = {str(unit.pk): unit for unit in units}
        self.fields["unit"].choices = grouped_choices(self.units.values())

    def clean_unit(self) -> Unit:
        return self.units[self.cleaned_data["unit"]]
