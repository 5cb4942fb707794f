"""Results of a campaign or a group in one grid: what all have in common, and a line for each person."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from apps.core.inputs import DayField, MoneyField, TextField, TokenField
from apps.core.scope import Actor
from apps.visits.actions.checking import VisitEntry, VisitRefused
from apps.visits.choices import LeaderLevel, Way
from apps.visits.forms.log import read_others
from apps.visits.models import Campaign, Due, FundSource, Leader
from apps.visits.rules import VisitorEntry


class CommonForm(forms.Form):
    """Day, way and who went, of all the lines."""

    token = TokenField()
    visited_on = DayField(label="走访日期", error_messages={"required": "请填写走访日期。"})
    way = forms.ChoiceField(label="方式", choices=Way.choices, initial=Way.HOME)
    leaders = forms.MultipleChoiceField(label="走访领导", required=False, widget=forms.CheckboxSelectMultiple)
    others = TextField(label="其他走访人", max_length=400, help_text="王强（科长）、李华")
    others_level = forms.ChoiceField(
        label="其他走访人的层级", choices=LeaderLevel.choices, initial=LeaderLevel.STAFF
    )
    source = forms.ModelChoiceField(
        label="资金来源", queryset=FundSource.objects.none(), required=False, empty_label="按名单里的"
    )

    def __init__(
        self, data: Any, *, actor: Actor, campaign: Campaign, today: date, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial={"token": uuid.uuid4(), "visited_on": today, **initial})
        fields: dict[str, Any] = self.fields
        for field in fields.values():
            field.today = today
        place = campaign.county_id or actor.county_id
        own = Q(county=None) | Q(county_id=place) if place else Q(county=None)
        fields["source"].queryset = FundSource.objects.visible_to(actor).filter(own, is_active=True)
        leaders = Leader.objects.visible_to(actor).filter(own, is_active=True)
        self.offered = {str(one.pk): one for one in leaders}
        fields["leaders"].choices = [(key, str(one)) for key, one in self.offered.items()]
        if not self.offered:
            del self.fields["leaders"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [self.offered[key] for key in data.get("leaders", ())]
        try:
            typed = read_others(data.get("others") or "", data.get("others_level") or LeaderLevel.STAFF)
        except ValueError as problem:
            self.add_error("others", str(problem))
            typed = []
        self.visitors = [VisitorEntry(one.name, one.post, one.level, one.pk) for one in chosen] + typed
        if not self.visitors and "others" not in self.errors:
            self.add_error("others", "请选择走访领导，或写明其他走访人。")
        return data


class LineForm(forms.Form):
    """One person of the list."""

    done = forms.BooleanField(label="已访", required=False)
    visited_on = DayField(label="日期", required=False)
    way = forms.ChoiceField(label="方式", choices=[("", "按上面的"), *Way.choices], required=False)
    money = MoneyField(label="慰问金（元）", max_digits=8)
    goods = TextField(label="慰问品", max_length=80)
    note = TextField(label="走访情况", max_length=500)

    def __init__(self, data: Any, *, due: Due, today: date) -> None:
        super().__init__(
            data, prefix=str(due.pk), initial={"money": due.planned_money, "goods": due.planned_goods}
        )
        self.due = due
        for name, field in self.fields.items():
            field.today = today
            field.widget.attrs["aria-label"] = f"{due.retiree.name}：{field.label}"
            if name != "done":
                field.widget.attrs["class"] = "form-select" if name == "way" else "form-control"

    def entry(self, common: CommonForm) -> VisitEntry:
        """The visit of this line, with what the list planned for him."""
        due, data, shared = self.due, self.cleaned_data, common.cleaned_data
        goods = (data.get("goods") or "") if f"{self.prefix}-goods" in self.data else due.planned_goods
        values = {
            "campaign": due.campaign,
            "occasion": due.occasion,
            "team": due.team,
            "target": due.target,
            "family": due.family,
            "visited_on": data.get("visited_on") or shared["visited_on"],
            "way": data.get("way") or shared["way"],
            "money": data.get("money"),
            "goods": goods,
            "goods_value": due.planned_goods_value if goods == due.planned_goods else None,
            "source": shared.get("source") or due.planned_source,
            "summary": data.get("note"),
        }
        key = uuid.uuid5(shared["token"], str(due.pk))
        return VisitEntry(due.retiree, values, common.visitors, key)


def show_refusal(common: CommonForm, lines: Sequence[LineForm], refusal: VisitRefused) -> None:
    """Each fault at its line; what is about all of them on top."""
    for one in refusal.faults:
        line = lines[one.index]
        name = one.fault.field if one.fault.field in line.fields else None
        line.add_error(name, one.fault.text)
    common.add_error(None, f"{refusal.faults[0].name}等的登记有问题，见下面各行；没有写入任何一条。")


def ticked(lines: Iterable[LineForm]) -> list[LineForm]:
    """The lines that are to be logged."""
    return [line for line in lines if line.data and line.data.get(f"{line.prefix}-done")]
