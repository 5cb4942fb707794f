"""Conditions of the list of concerns."""

from typing import Any

from django import forms
from django.http import QueryDict

from apps.concerns.choices import Kind, Satisfaction, Source, State, Topic
from apps.concerns.queries import IDLE, SHOWN, SORTS, TIMELY
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.units.models import Unit


class ConcernConditions(forms.Form):
    """The filter line. A key that is none, or a value that is none, is refused by the view."""

    show = forms.ChoiceField(required=False, choices=[("", ""), *SHOWN.items()], widget=forms.HiddenInput)
    q = forms.CharField(
        label="编号、标题或姓名",
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "编号、标题里的字、姓名或拼音"}),
    )
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "类别：全部"), *Kind.choices])
    topic = forms.ChoiceField(label="内容分类", required=False, choices=[("", "内容：全部"), *Topic.choices])
    source = forms.ChoiceField(label="来源", required=False, choices=[("", "来源：全部"), *Source.choices])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "状态：全部"), *State.choices])
    satisfaction = forms.ChoiceField(
        label="满意度", required=False, choices=[("", "满意度：全部"), *Satisfaction.choices]
    )
    timely = forms.ChoiceField(
        label="是否按期", required=False, choices=[("", "是否按期：全部"), *TIMELY.items()]
    )
    idle = forms.ChoiceField(label="没有进展", required=False, choices=[("", "不限"), *IDLE.items()])
    collective = forms.ChoiceField(label="集体", required=False, choices=[("", "不限"), ("1", "只看集体的")])
    repeated = forms.ChoiceField(label="重复", required=False, choices=[("", "不限"), ("1", "只看重复的")])
    county = forms.ChoiceField(label="县市区", required=False)
    unit = forms.ChoiceField(label="管理单位", required=False)
    since = forms.DateField(label="受理从", required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label="受理到", required=False, widget=forms.DateInput(attrs={"type": "date"}))

    sort = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((f"{sign}{name}", name) for name in SORTS for sign in ("", "-"))],
        widget=forms.HiddenInput,
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data, auto_id="filter-%s")
        units = Unit.objects.visible_to(actor)
        self._offer("county", "县市区：全部", units.counties())
        area = actor.county_id if actor.county_id is not None else _number(data.get("county"))
        self._offer("unit", "单位：全部", units.filter(level="unit", area_id=area).order_by("sort", "pk"))
        if actor.county_id is not None:
            del self.fields["county"]
        if actor.unit_id is not None:
            del self.fields["unit"]

    def _offer(self, name: str, empty: str, rows: Any) -> None:
        field: Any = self.fields[name]
        field.choices = [("", empty), *((str(row.pk), row.label) for row in rows)]

    @property
    def is_known(self) -> bool:
        """Whether every key of the address is one of the list's."""
        return not set(self.data) - set(self.fields) - set(PARAMETERS)

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of the conditions in force, without the tab."""
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value and name not in ("show", "sort"):
                words = dict(field.choices)[value] if isinstance(field, forms.ChoiceField) else value
                found.append((name, f"{field.label}：{words}"))
        return found

    @property
    def tab(self) -> str:
        """The tab."""
        return self.cleaned_data.get("show") or "open"

    @property
    def order(self) -> tuple[str, bool]:
        """(column, descending): as asked, else what must be answered first, or what came in last."""
        asked = self.cleaned_data.get("sort")
        if asked:
            return asked.removeprefix("-"), asked.startswith("-")
        waiting = self.tab in ("open", "overdue", "ageing", "mine")
        return ("due_on", False) if waiting else ("received_on", True)

    def words(self) -> str:
        """What the list shows, without names."""
        told = ("姓名或编号" if name == "q" else words for name, words in self.chips())
        return "；".join([f"诉求：{SHOWN[self.tab]}", *told])

    def query(self) -> str:
        """The conditions as a query string, the tab and the order with them."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            if self.data.get(name):
                rest[name] = self.data[name]
        return rest.urlencode()


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
