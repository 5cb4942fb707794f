"""The conditions of the list of birthdays, and what a calendar's address tells."""

import re
from calendar import monthrange
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict

from apps.core.inputs import PlainForm, TokenField
from apps.core.scope import Actor
from apps.retirees.choices import Category
from apps.units.models import Unit

SHOWN = {"all": "全部生日", "round": "整寿", "lunar": "农历生日", "unknown": "日期不详"}
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])", re.ASCII)


class BirthdayConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused by the view."""

    month = forms.CharField(required=False, max_length=7, widget=forms.HiddenInput)
    show = forms.ChoiceField(required=False, choices=[("", ""), *SHOWN.items()], widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label="类别", required=False, choices=[("", "类别：不限"), *Category.choices]
    )
    county = forms.ChoiceField(label="县市区", required=False)
    unit = forms.ChoiceField(label="管理单位", required=False)

    def __init__(self, data: Any, *, actor: Actor, today: date) -> None:
        super().__init__(data, auto_id="filter-%s")
        self.today = today
        units = Unit.objects.visible_to(actor)
        self._offer("county", "县市区：全部", units.counties())
        area = actor.county_id if actor.county_id is not None else _number(data.get("county") or "")
        self._offer(
            "unit",
            "单位：全部",
            units.filter(level="unit", area_id=area).order_by("sort", "pk") if area else units.none(),
        )
        if actor.county_id is not None:
            del self.fields["county"]
        if actor.unit_id is not None:
            del self.fields["unit"]

    def _offer(self, name: str, empty: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *((str(row.pk), row.label) for row in rows)]

    def clean_month(self) -> str:
        month = str(self.cleaned_data["month"])
        if month and not (_MONTH.fullmatch(month) and "1902" <= month[:4] <= "2099"):
            raise forms.ValidationError("没有这个月份。")
        return month

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - {"page"}

    @property
    def span(self) -> tuple[date, date]:
        """First and last day of the month."""
        month = self.cleaned_data["month"] or f"{self.today:%Y-%m}"
        year, number = int(month[:4]), int(month[5:])
        return date(year, number, 1), date(year, number, monthrange(year, number)[1])

    @property
    def shown(self) -> str:
        """The tab."""
        return str(self.cleaned_data["show"] or "all")

    def equal(self) -> dict[str, Any]:
        """Conditions on the people, as keywords of a filter."""
        data = self.cleaned_data
        found = {f"{name}_id": int(data[name]) for name in ("county", "unit") if data.get(name)}
        return found | ({"category": data["category"]} if data["category"] else {})

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of the conditions in force, without month and tab."""
        found = []
        for name in ("category", "county", "unit"):
            field, value = self.fields.get(name), self.cleaned_data.get(name)
            if value and isinstance(field, forms.ChoiceField):
                found.append((name, f"{field.label}：{dict(field.choices)[value]}"))
        return found

    def query(self, **changed: str) -> str:
        """The conditions as a query string, some of them changed ("" takes one away)."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            value = changed.get(name, self.data.get(name) or "")
            if value:
                rest[name] = value
        return rest.urlencode()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class FeedForm(PlainForm):
    """What a new address tells."""

    error_title = "订阅地址没有建立"
    names = forms.BooleanField(
        label="写出姓名",
        required=False,
        help_text="不勾选时只写数量。勾选后，知道地址的人不登录就能看到姓名，请只在本人的办公电脑上使用。",
    )
    token = TokenField()
