"""The conditions of the register list, as a closed list: a key that is not here is refused."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from apps.core.chinese import format_date
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.retirees.choices import (
    REQUIRED_FIELDS,
    AgeBand,
    Category,
    Health,
    Level,
    LifeState,
    Living,
    Period,
    Residence,
    SelfCare,
    Sex,
)
from apps.units.models import Unit

NOT_FILLED = ("none", "未填")
FLOW_CHOICES = (
    ("deaths", "去世"),
    ("additions", "新增"),
    ("transferred_in", "转入"),
    ("transferred_out", "转出"),
)


BESIDE = frozenset({"sort", "view", "by", *PARAMETERS})
"""What the list's address holds besides conditions: order, saved view, grouping and page."""


class UnknownCondition(ValueError):
    """A key that is no condition, a condition given twice, or a value it cannot have."""


class PlainSelect(forms.Select):
    """A select written in Python. Django renders a template for each option; with a hundred units and all the choices
    of the filter line that was a third of the page's time."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = {str(one) for one in self.format_value(value)}
        attributes = flatatt({**self.build_attrs(self.attrs, attrs), "name": name})
        return format_html("<select{}>{}</select>", attributes, _options(self.choices, chosen))


def _options(choices: Iterable[Any], chosen: set[str]) -> SafeString:
    parts = []
    for value, label in choices:
        if isinstance(label, list | tuple):
            parts.append(format_html('<optgroup label="{}">{}</optgroup>', value, _options(label, chosen)))
        else:
            selected = mark_safe(" selected") if str(value) in chosen else ""
            parts.append(format_html('<option value="{}"{}>{}</option>', value, selected, label))
    return mark_safe("".join(parts))  # noqa: S308  (parts are escaped by format_html)


def _choice(label: str, choices: Any, *, empty: bool = True) -> forms.ChoiceField:
    values = [(value, text) for value, text in choices if value]
    return forms.ChoiceField(
        label=label,
        required=False,
        widget=PlainSelect,
        choices=[("", f"{label}：全部"), *values, *([NOT_FILLED] if empty else [])],
    )


class RegisterConditions(forms.Form):
    """Conditions in force; ``chips`` tells them in words."""

    q = forms.CharField(
        label="姓名或拼音",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或拼音，如 zjg"}),
    )
    category = _choice("类别", Category.choices, empty=False)
    county = forms.ChoiceField(label="县市区", required=False, widget=PlainSelect)
    unit = forms.ChoiceField(label="管理单位", required=False, widget=PlainSelect)
    treatment = _choice("现享受待遇", Level.choices)
    age_min = forms.IntegerField(label="年龄不小于", required=False, min_value=0, max_value=130)
    age_max = forms.IntegerField(label="年龄不大于", required=False, min_value=0, max_value=130)
    sex = _choice("性别", Sex.choices)
    period = _choice("参加革命工作时期", Period.choices, empty=False)
    health = _choice("健康状况", Health.choices)
    self_care = _choice("生活自理", SelfCare.choices)
    living = _choice("居住方式", Living.choices)
    residence = _choice("居住地", Residence.choices)
    party = forms.ChoiceField(
        label="党员", required=False, widget=PlainSelect, choices=[("", "党员：全部"), ("1", "中共党员")]
    )
    incomplete = forms.ChoiceField(
        label="资料完整", required=False, widget=PlainSelect, choices=[("", "资料：全部"), ("1", "资料不全")]
    )
    lacks = forms.ChoiceField(
        label="缺少", required=False, widget=PlainSelect, choices=[("", "缺哪一项：不限"), *REQUIRED_FIELDS]
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        widget=PlainSelect,
        choices=[("", "状态：在册"), ("all", "全部（含去世、转出）"), *LifeState.choices],
    )
    age_band = forms.ChoiceField(
        label="年龄段",
        required=False,
        widget=PlainSelect,
        choices=[("", "年龄段：全部"), *AgeBand.choices[:-1], NOT_FILLED],
    )
    batch = forms.IntegerField(label="导入批次", required=False, min_value=1, widget=forms.HiddenInput)
    on = forms.DateField(label="截至", required=False, widget=forms.HiddenInput)
    flow = forms.ChoiceField(
        label="变动", required=False, choices=[("", ""), *FLOW_CHOICES], widget=forms.HiddenInput
    )
    # "from" is a word of Python; the address uses it all the same.
    locals()["from"] = forms.DateField(label="自", required=False, widget=forms.HiddenInput)
    to = forms.DateField(label="至", required=False, widget=forms.HiddenInput)

    shown = ("q", "category", "unit")
    more = (
        "treatment",
        "age_min",
        "age_max",
        "age_band",
        "sex",
        "period",
        "health",
        "self_care",
        "living",
        "residence",
        "party",
        "incomplete",
        "lacks",
        "state",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)
        units = list(Unit.objects.visible_to(actor).order_by("area__sort", "area_id", "level", "sort", "pk"))
        counties = [(str(unit.pk), unit.label) for unit in units if unit.level == "county"]
        self.fields["county"].choices = [("", "县市区：全部"), *counties]
        self.fields["unit"].choices = [("", "单位：全部"), *_by_county(units)]
        if actor.county_id is None:
            self.shown = ("q", "category", "county", "unit")
        else:
            self.fields["county"].widget = forms.HiddenInput()

    def given(self) -> set[str]:
        """Names of the conditions in force."""
        return {name for name, value in self.cleaned_data.items() if value not in (None, "", [])}

    def query(self) -> str:
        """The conditions as a query string, without order and page: what is kept, handed on and read again."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            values = [value for value in self.data.getlist(name) if value]
            if values:
                rest.setlist(name, values)
        return rest.urlencode()

    def chips(self) -> list[tuple[str, str]]:
        """(name, words) of each condition in force."""
        found = []
        for name, value in self.cleaned_data.items():
            if value in (None, "") or name in {"from", "to"}:
                continue
            found.append((name, self._words(name, value)))
        return found

    def _words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if name == "flow":
            start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
            return f"{format_date(start)}至{format_date(end)}{dict(FLOW_CHOICES)[value]}"
        if name == "age_min":
            return f"年龄 ≥ {value}"
        if name == "age_max":
            return f"年龄 ≤ {value}"
        if isinstance(value, date):
            return f"{field.label}{format_date(value)}"
        if isinstance(field, forms.ChoiceField):
            flat = [
                pair
                for key, label in field.choices
                for pair in (label if isinstance(label, list) else [(key, label)])
            ]
            return f"{field.label}：{dict(flat)[value]}"
        return f"{field.label}：{value}"


def bound_conditions(actor: Actor, query: QueryDict) -> RegisterConditions:
    """The conditions of an address, not yet validated.

    Raises UnknownCondition for a key that is none, or is given twice.
    """
    form = RegisterConditions(query, actor=actor)
    if set(query) - set(form.fields) - BESIDE:
        raise UnknownCondition("unknown condition")
    if any(len(query.getlist(name)) > 1 for name in query):
        raise UnknownCondition("condition given twice")
    return form


def conditions_of(actor: Actor, query: QueryDict) -> RegisterConditions:
    """The conditions of an address, validated.

    Raises UnknownCondition for whatever the list would refuse.
    """
    form = bound_conditions(actor, query)
    if not form.is_valid():
        raise UnknownCondition("invalid condition")
    return form


def _by_county(units: list[Unit]) -> list[Any]:
    """Units grouped under their county where there are several."""
    names = {unit.pk: unit.label for unit in units}
    groups: dict[int, list[tuple[str, str]]] = {}
    for unit in units:
        if unit.area_id:
            groups.setdefault(unit.area_id, []).append((str(unit.pk), unit.label))
    if len(groups) == 1:
        return next(iter(groups.values()))
    return [(names.get(area, ""), members) for area, members in groups.items()]
