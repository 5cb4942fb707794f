"""Forms of the due list: its conditions, why somebody was not seen, who goes off it."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.core.inputs import PlainForm, WordsField
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.units.models import Unit
from apps.visits.choices import RUNNING, LeaderLevel, Reason
from apps.visits.models import Campaign, Occasion, VisitRule
from apps.visits.queries.due import SHOWN, DueFilters

NO_DUE = "还没有选中人员。请在名单里勾选，或选“符合条件的全部”。"
MOST = 5000
PICKED = 1000


class DueConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused."""

    show = forms.ChoiceField(required=False, choices=[("", ""), *SHOWN.items()], widget=forms.HiddenInput)
    rule = forms.ChoiceField(label="规则", required=False)
    campaign = forms.ChoiceField(label="走访活动", required=False)
    occasion = forms.ChoiceField(label="事由", required=False)
    who = forms.ChoiceField(
        label="应由谁去", required=False, choices=[("", "应由谁去：不限"), *LeaderLevel.choices]
    )
    county = forms.ChoiceField(label="县市区", required=False)
    unit = forms.ChoiceField(label="管理单位", required=False)

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        rules = VisitRule.objects.visible_to(actor).filter(is_active=True)
        self._offer("rule", "规则：全部", rules)
        self._offer("campaign", "活动：全部", Campaign.objects.visible_to(actor).filter(state__in=RUNNING))
        self._offer("occasion", "事由：全部", Occasion.objects.filter(is_active=True))
        units = Unit.objects.visible_to(actor)
        self._offer("county", "县市区：全部", units.counties())
        own = (
            {"area_id": actor.county_id}
            if actor.county_id is not None
            else {"area_id": _number(data, "county")}
        )
        self._offer("unit", "单位：全部", units.filter(level="unit", **own).order_by("sort", "pk"))
        if actor.county_id is not None:
            del self.fields["county"]
        if actor.unit_id is not None:
            del self.fields["unit"]

    def _offer(self, name: str, empty: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *((str(row.pk), _label(row)) for row in rows)]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - set(PARAMETERS)

    def filters(self) -> DueFilters:
        """The cleaned conditions."""
        data = self.cleaned_data
        equal = {
            f"{name}_id": int(data[name])
            for name in ("rule", "campaign", "occasion", "county", "unit")
            if data.get(name)
        }
        if data.get("who"):
            equal["who"] = data["who"]
        return DueFilters(data.get("show") or "now", equal)

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of the conditions in force, without the tab."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value and name != "show" and isinstance(field, forms.ChoiceField):
                found.append((name, f"{field.label}：{dict(field.choices)[value]}"))
        return found

    def query(self) -> str:
        """The conditions as a query string, the tab with them."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            if self.data.get(name):
                rest[name] = self.data[name]
        return rest.urlencode()


def _label(row: Any) -> str:
    return str(getattr(row, "label", "") or row)


def _number(data: Any, name: str) -> int | None:
    text = data.get(name) or ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


class ReasonForm(PlainForm):
    """Why somebody who was due was not seen."""

    error_title = "没有保存"
    reason = forms.ChoiceField(
        label="未访原因",
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "请选择未访原因。"},
    )
    note = WordsField(label="说明", max_length=120, required=False, help_text="如：在外地儿子家，春节后回来")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == Reason.OTHER and not data.get("note") and "note" not in self.errors:
            self.add_error("note", "选“其他”时请写明情况。")
        return data


class RemovalForm(PlainForm):
    """Off the list, with approval."""

    error_title = "没有核减"
    change_reason = WordsField(
        label="核减理由", max_length=120, error_messages={"required": "请写明核减理由。"}
    )
    approved_by_name = WordsField(
        label="批准人",
        max_length=60,
        help_text="谁批准的，如：张某（局长）",
        error_messages={"required": "请写明批准人。"},
    )
