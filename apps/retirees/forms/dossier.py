"""Forms of the personnel file: a line of the career, an honour, a note, a mark of a special group."""

import uuid
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms

from apps.core.inputs import DayField, PartialDateField, TextField, TokenField
from apps.core.partial_date import PartialDate
from apps.retirees.actions.dossier import LINE_FIELDS, Line
from apps.retirees.choices import MARKED_GROUPS, HonourLevel, SpecialGroup
from apps.retirees.forms.changes import ChangeForm
from apps.retirees.forms.fields import DATE_HINT
from apps.retirees.models import CareerEntry, Honour, PersonNote


class LineForm(forms.Form):
    """Base: a new line carries a once-token; what an old one was opened on the page carries (core.side_by_side)."""

    model: type[Line]
    rows: tuple[tuple[str, ...], ...] = ()
    token = TokenField()

    def __init__(self, data: Any = None, *, today: date, line: Line | None = None) -> None:
        names = LINE_FIELDS[self.model]
        initial = {name: getattr(line, name) for name in names} if line is not None else {}
        super().__init__(data, initial=initial | {"token": uuid.uuid4()})
        if line is not None:
            del self.fields["token"]
        for field in self.fields.values():
            field.today = today
        hidden = ["token"] if line is None else []
        self.helper = FormHelper()
        self.helper.form_tag = False
        rows = (names[0] if len(names) == 1 else Row(*map(Column, names)) for names in self.rows)
        self.helper.layout = Layout(*hidden, *rows)

    def values(self) -> dict[str, Any]:
        """What was typed, as the actions take it."""
        return {name: self.cleaned_data[name] for name in LINE_FIELDS[self.model]}


class CareerForm(LineForm):
    model = CareerEntry
    from_on = PartialDateField(label="开始时间", help_text=DATE_HINT)
    until_on = PartialDateField(label="结束时间", help_text="至今或不详就空着")
    organisation = TextField(label="单位", max_length=160, help_text="学习经历填院校和专业")
    post = TextField(label="职务", max_length=160)
    note = TextField(label="说明", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    rows = (("from_on", "until_on"), ("organisation", "post"), ("note",))

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        start, end = data.get("from_on"), data.get("until_on")
        if start and end and end.latest < start.earliest:
            self.add_error("until_on", "结束时间早于开始时间，请核对。")
        if not self.errors and not any(data.get(name) for name in ("organisation", "post", "note")):
            self.add_error("organisation", "请填写单位、职务或说明，至少一项。")
        return data


class HonourForm(LineForm):
    model = Honour
    name = TextField(
        label="荣誉名称",
        required=True,
        max_length=120,
        error_messages={"required": "请填写荣誉名称。"},
    )
    level = forms.ChoiceField(label="级别", choices=[("", "未填"), *HonourLevel.choices], required=False)
    awarded_on = PartialDateField(label="授予时间", help_text=DATE_HINT)
    awarded_by = TextField(label="授予单位", max_length=120)
    paper = TextField(label="文号", max_length=80)
    rows = (("name",), ("level", "awarded_on"), ("awarded_by", "paper"))


class NoteForm(LineForm):
    model = PersonNote
    noted_on = PartialDateField(
        label="日期", required=True, help_text=DATE_HINT, error_messages={"required": "请填写日期。"}
    )
    text = TextField(
        label="内容",
        required=True,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="听到的情况、本人和家属的想法、约定的事，1000字以内。领导身份看不到；不得写涉密内容",
        error_messages={"required": "请填写内容。"},
    )
    rows = (("noted_on",), ("text",))

    def __init__(self, data: Any = None, *, today: date, **kwargs: Any) -> None:
        super().__init__(data, today=today, **kwargs)
        if self.initial.get("noted_on") is None:
            self.initial["noted_on"] = PartialDate.from_date(today)


class MarkForm(ChangeForm):
    group = forms.ChoiceField(
        label="群体",
        widget=forms.RadioSelect,
        choices=[(group.value, SpecialGroup(group).label) for group in MARKED_GROUPS],
        error_messages={"required": "请选择群体。"},
    )
    since = DayField(label="从哪天起", error_messages={"required": "请填写日期。"})
    reason = TextField(
        label="原因",
        required=True,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如：经社区核实无子女。领导也看得到，不要写证件号、电话和住址",
        error_messages={"required": "请写明原因。"},
    )
    rows = (("group",), ("since",), ("reason",))
