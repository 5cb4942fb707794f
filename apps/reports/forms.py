"""Asking for a briefing, changing its text, setting up a schedule."""

from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from apps.reports.choices import PeriodKind
from apps.reports.models import Document, Schedule
from apps.reports.rules import Period
from apps.reports.rules.frozen import keyed, note_keys, numbered


def _helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    return helper


class MakeForm(forms.Form):
    """Which period to report on: those that have ended, the latest first."""

    period = forms.ChoiceField(
        label="报告哪个周期", help_text="只列已经结束的周期。已经生成过的会打开原来那份。"
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()
        self.fields["period"].choices = [
            (label, [(period.key, period.label) for period in ended(kind, today)])
            for kind, label in PeriodKind.choices
        ]

    def clean_period(self) -> Period:
        return Period.from_key(self.cleaned_data["period"])


def ended(kind: str, today: date, number: int = 4) -> list[Period]:
    """The last ``number`` periods of a kind that have ended before ``today``."""
    period = Period.containing(kind, today).previous()  # type: ignore[arg-type]
    found = []
    for _ in range(number):
        found.append(period)
        period = period.previous()
    return found


class TextForm(forms.Form):
    """The paragraphs of a draft, one box each; tables and charts come from the figures and are not edited."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, document: Document, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()
        self.fields["version"].initial = document.version
        self.keys = note_keys(document.blocks)
        heading, number = "正文", 0
        for place, block in enumerate(document.blocks):
            if block["block"] == "Heading":
                heading, number = block["text"], 0
            if block["block"] != "Paragraph":
                continue
            number += 1
            self.fields[f"text_{place}"] = forms.CharField(
                label=f"{heading}（第{number}段）",
                initial=numbered(block["text"], self.keys),
                max_length=3000,
                widget=forms.Textarea(attrs={"rows": 4}),
            )

    def texts(self) -> dict[int, str]:
        """Place in the document → text."""
        return {
            int(name.removeprefix("text_")): keyed(value, self.keys)
            for name, value in self.cleaned_data.items()
            if name != "version"
        }


class ReturnForm(forms.Form):
    reason = forms.CharField(label="退回原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()


class IssueForm(forms.Form):
    issued_on = forms.DateField(
        label="签发日期",
        help_text="印在报头上的日期，也决定期号属于哪一年。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, today: date, period_end: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()
        self.today, self.period_end = today, period_end
        self.fields["issued_on"].initial = today

    def clean_issued_on(self) -> date:
        day = self.cleaned_data["issued_on"]
        if not self.period_end < day <= self.today:
            raise forms.ValidationError("签发日期应在报告期结束之后，不晚于今天。")
        return day


class ScheduleForm(forms.ModelForm):
    class Meta:
        model = Schedule
        fields = ("name", "kind", "due_days", "due_time", "starts_on", "is_active")
        widgets = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "due_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }
        help_texts = {
            "due_days": "如 3：6月30日为期末的，7月3日生成。",
            "starts_on": "从这一天所在的周期开始，已经结束还没有做的会依次补做。",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = _helper()
