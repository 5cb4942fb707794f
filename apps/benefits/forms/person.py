"""Forms of a person's benefits: the span that is shown, approvals, ruling of death, account, what was paid earlier."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from apps.benefits.forms.runs import BACK, months_back
from apps.benefits.rules.months import month_of, months
from apps.retirees.choices import LifeState
from apps.retirees.models import Retiree

SHOWN, MOST = 12, 60
"""Months shown unless asked otherwise, and at most."""


class SpanForm(forms.Form):
    """From which month to which."""

    first = forms.TypedChoiceField(label="从", coerce=date.fromisoformat, required=False, empty_value=None)
    last = forms.TypedChoiceField(label="到", coerce=date.fromisoformat, required=False, empty_value=None)

    def __init__(self, data: QueryDict, *, person: Retiree, today: date) -> None:
        given = {name: data[name] for name in ("first", "last") if name in data}
        choices = list(months_back(today, BACK))
        last = _last(person, today)
        known = [value for value, _ in choices]
        at = known.index(last.isoformat()) if last.isoformat() in known else 0
        self.usual = (date.fromisoformat(known[min(at + SHOWN, BACK) - 1]), date.fromisoformat(known[at]))
        start = dict(zip(("first", "last"), (day.isoformat() for day in self.usual), strict=True))
        super().__init__({**start, **given}, auto_id="span-%s")
        for name in ("first", "last"):
            self.fields[name].choices = choices

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "截止月份不能早于起始月份。")
        elif first and last and len(list(months(first, last))) > MOST:
            self.add_error("first", f"一次最多看{MOST}个月，请分几次看。")
        return data

    def months(self) -> Sequence[date]:
        """The months asked for; the usual ones where they cannot be shown."""
        if self.is_valid() and self.cleaned_data["first"] and self.cleaned_data["last"]:
            return list(months(self.cleaned_data["first"], self.cleaned_data["last"]))
        return list(months(*self.usual))

    def told(self) -> list[str]:
        """What is wrong with the span, in words."""
        return [text for texts in self.errors.values() for text in texts]


def _last(person: Retiree, today: date) -> date:
    """This month; of the dead the month after death, so that what was paid too long is seen."""
    this = month_of(today)
    if person.state != LifeState.DEAD or not person.died_on:
        return this
    return min(this, month_of(month_of(person.died_on.latest) + timedelta(days=31)))
