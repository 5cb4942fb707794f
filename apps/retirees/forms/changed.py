"""The days of a 变动表, and taking it away as a file."""

import uuid
from datetime import date, timedelta
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Layout, Row
from django import forms
from django.http import QueryDict

from apps.core.inputs import TextField, TokenField
from apps.exports.choices import Format
from apps.retirees.queries.changed import MOST_DAYS, Days

USUAL_DAYS = 30
WRONG_DAY = {"invalid": "日期填成 2026-09-30 这样。", "required": "请填写日期。"}


def _day(label: str, **kwargs: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"})
    return forms.DateField(label=label, widget=widget, error_messages=WRONG_DAY, **kwargs)


def usual_days(asked: QueryDict, today: date) -> dict[str, str]:
    """The days of an address; without any the last thirty."""
    usual = {"since": today - timedelta(days=USUAL_DAYS), "until": today}
    return {name: asked.get(name, day.isoformat()) for name, day in usual.items()}


class ChangedForm(forms.Form):
    """From when to when."""

    since = _day("自", required=False)
    until = _day("至", required=False)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.errors:
            return data
        until = data.get("until") or self.today
        since = data.get("since") or until - timedelta(days=USUAL_DAYS)
        if since > until:
            self.add_error("until", "截止日期早于开始日期。")
        elif (until - since).days >= MOST_DAYS:
            self.add_error("since", f"一次最多看{MOST_DAYS}天，请分几段看。")
        elif since.year < 2000 or until > self.today:
            self.add_error("until", "日期不能晚于今天，也不能早于2000年。")
        else:
            data["days"] = Days(since, until)
        return data


class ChangedFileForm(ChangedForm):
    """The same days as a file."""

    since = forms.DateField(widget=forms.HiddenInput)
    until = forms.DateField(widget=forms.HiddenInput)
    format = forms.ChoiceField(
        label="格式",
        choices=[(Format.XLSX, Format.XLSX.label), (Format.PDF, Format.PDF.label)],
        initial=Format.XLSX,
        widget=forms.RadioSelect,
    )
    reason = TextField(
        label="用途", max_length=200, required=True, error_messages={"required": "请写明用途，如“季度核对”。"}
    )
    token = TokenField()

    def __init__(self, *args: Any, today: date, days: Days | None = None, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.auto_id = "file-%s"
        self.fields["token"].initial = uuid.uuid4()
        if days is not None:
            self.fields["since"].initial, self.fields["until"].initial = days.since, days.until
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.layout = Layout("token", "since", "until", Row(Column("format"), Column("reason")))
