"""The conditions of the list of visits."""

from typing import Any

from django import forms

from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.choices import LED_CHOICE, LeaderLevel, Target, Way
from apps.visits.models import Campaign, Leader, Occasion

GIFTS = (("", "慰问：不限"), ("yes", "有慰问"), ("no", "没有慰问"))


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class VisitConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused."""

    begin = _day("从")
    end = _day("到")
    occasion = forms.ChoiceField(label="事由", required=False)
    way = forms.ChoiceField(label="方式", required=False, choices=[("", "方式：不限"), *Way.choices])
    county = forms.ChoiceField(label="县市区", required=False)
    unit = forms.ChoiceField(label="管理单位", required=False)
    campaign = forms.ChoiceField(label="走访活动", required=False)
    level = forms.ChoiceField(
        label="最高层级",
        required=False,
        choices=[("", "层级：不限"), (LED_CHOICE, "领导带队"), *LeaderLevel.choices],
    )
    leader = forms.ChoiceField(label="走访领导", required=False)
    target = forms.ChoiceField(
        label="看望对象", required=False, choices=[("", "对象：不限"), *Target.choices]
    )
    gift = forms.ChoiceField(label="慰问", required=False, choices=GIFTS)
    wants = forms.ChoiceField(
        label="诉求", required=False, choices=[("", "诉求：不限"), ("yes", "提出了诉求")]
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        self._offer("occasion", "事由：全部", Occasion.objects.all())
        self._offer("campaign", "活动：全部", Campaign.objects.visible_to(actor))
        self._offer("leader", "领导：全部", Leader.objects.visible_to(actor).order_by("sort", "pk"))
        units = Unit.objects.visible_to(actor)
        self._offer("county", "县市区：全部", units.counties())
        area = actor.county_id if actor.county_id is not None else _number(data, "county")
        self._offer("unit", "单位：全部", units.filter(level="unit", area_id=area).order_by("sort", "pk"))
        if actor.county_id is not None:
            del self.fields["county"]
        if actor.unit_id is not None:
            del self.fields["unit"]

    def _offer(self, name: str, empty: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *((str(row.pk), getattr(row, "label", "") or str(row)) for row in rows)]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - set(PARAMETERS)

    def conditions(self) -> dict[str, Any]:
        """As ``queries.log.visits_under`` takes them."""
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of each condition in force."""
        found = []
        for name, value in self.conditions().items():
            field: Any = self.fields[name]
            words = dict(field.choices)[value] if hasattr(field, "choices") else f"{value:%Y-%m-%d}"
            found.append((name, f"{field.label}：{words}"))
        return found


def _number(data: Any, name: str) -> int | None:
    text = str(data.get(name) or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None
