"""Forms of what happened: reported, ended, taken back."""

from typing import Any

from django import forms

from apps.core.inputs import DayField, TextField
from apps.retirees.forms.changes import ChangeForm
from apps.visits.choices import IncidentKind

REPORTED = (IncidentKind.HOSPITAL, IncidentKind.CRITICAL, IncidentKind.FAMILY)
NEED_DAY = {"required": "请填写日期。"}


class IncidentForm(ChangeForm):
    kind = forms.ChoiceField(
        label="情况",
        widget=forms.RadioSelect,
        choices=[(kind.value, kind.label) for kind in REPORTED],
        error_messages={"required": "请选择情况。"},
    )
    started_on = DayField(label="发生日期", error_messages=NEED_DAY)
    reported_on = DayField(label="报告日期", error_messages=NEED_DAY)
    hospital = TextField(label="医院", max_length=80, required=False)
    ward = TextField(label="病区床号", max_length=40, required=False)
    is_nominal = forms.BooleanField(
        label="挂床", required=False, help_text="只在医院挂名、人不住院的；不列入应访"
    )
    note = TextField(label="说明", max_length=200, required=False, help_text="不要写病名、诊断")
    rows = (("kind",), ("started_on", "reported_on"), ("hospital", "ward"), ("is_nominal",), ("note",))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        started, reported = data.get("started_on"), data.get("reported_on")
        if started and reported and started > reported:
            self.add_error("started_on", "不能晚于报告日期。")
        return data


class EndForm(ChangeForm):
    ended_on = DayField(label="出院、好转或办结日期", error_messages=NEED_DAY)
    rows = (("ended_on",),)
