"""The conditions of the register list, as a closed list: a key that is not here is refused."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict

from apps.accounts.perms import sees_private
from apps.core.chinese import format_date
from apps.core.links import row_address
from apps.core.paging import PARAMETERS
from apps.core.scope import Actor
from apps.retirees.choices import (
    NATION_CHOICES,
    REQUIRED_FIELDS,
    AgeBand,
    Category,
    Education,
    Health,
    Level,
    LifeState,
    Living,
    Marriage,
    Period,
    Political,
    Residence,
    SelfCare,
    Sex,
    SpecialGroup,
)
from apps.retirees.forms.condition_fields import NOT_FILLED, PlainSelect, SeveralField, SeveralSelect, several
from apps.retirees.forms.own_conditions import is_bound, own_conditions
from apps.retirees.models import Retiree
from apps.retirees.queries.custom import custom_fields
from apps.retirees.queries.listing import OTHER_FIELDS
from apps.retirees.queries.own_conditions import CUSTOM
from apps.retirees.rules.quality import QUALITY_RULES
from apps.units.choices import Kind
from apps.units.models import Unit

FLOW_CHOICES = (
    ("deaths", "去世"),
    ("additions", "新增"),
    ("transferred_in", "转入"),
    ("in_from_city", "市内其他县市区转入"),
    ("in_from_outside", "市外转入"),
    ("transferred_out", "转出"),
    ("out_within_city", "转到市内其他县市区"),
    ("out_of_city", "转出本市"),
)


BESIDE = frozenset({"sort", "view", "by", *PARAMETERS})
"""What the list's address holds besides conditions: order, saved view, grouping and page."""
FROM_FIGURES = frozenset({"medical_treatment", "unit_kind", "batch", "on", "flow", "from", "to"})
"""Conditions that an address brings along (a figure's list, a batch) and the filter line does not ask for."""


MOST, MOST_GROUPS = 60, 6
"""How many values one condition takes, and how many groups there can be of which one must hold."""


class UnknownCondition(ValueError):
    """A key that is no condition, a condition given twice, or a value it cannot have."""


FIELDS = (*REQUIRED_FIELDS, *OTHER_FIELDS)


class OrGroupsField(forms.Field):
    """Groups of conditions of which one must hold, each written as a query string of its own: 符合任一组."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(one for one in value or () if one))


class RegisterConditions(forms.Form):
    """Conditions in force; ``chips`` tells them in words."""

    q = forms.CharField(
        label="姓名或拼音",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名或拼音，如 zjg"}),
    )
    category = several("类别", Category.choices, empty=False)
    county = SeveralField(label="县市区", required=False)
    unit = SeveralField(label="管理单位", required=False)
    treatment = several("现享受待遇", Level.choices)
    age_min = forms.IntegerField(label="年龄不小于", required=False, min_value=0, max_value=130)
    age_max = forms.IntegerField(label="年龄不大于", required=False, min_value=0, max_value=130)
    sex = several("性别", Sex.choices)
    period = several("参加革命工作时期", Period.choices, empty=False)
    health = several("健康状况", Health.choices)
    self_care = several("生活自理", SelfCare.choices)
    living = several("居住方式", Living.choices)
    residence = several("居住地", Residence.choices)
    political = several("政治面貌", Political.choices)
    education = several("学历", Education.choices)
    marriage = several("婚姻状况", Marriage.choices)
    rank = several("退休时职级", Level.choices)
    medical_treatment = several("医疗待遇", Level.choices)
    unit_kind = several("单位性质", Kind.choices, empty=False)
    nation = several("民族", NATION_CHOICES)
    party = forms.ChoiceField(
        label="党员", required=False, widget=PlainSelect, choices=[("", "党员：全部"), ("1", "中共党员")]
    )
    incomplete = forms.ChoiceField(
        label="资料完整", required=False, widget=PlainSelect, choices=[("", "资料：全部"), ("1", "资料不全")]
    )
    lacks = several("缺少", FIELDS, empty=False, all_label="缺哪一项：不限")
    has = several("已填", FIELDS, empty=False, all_label="填了哪一项：不限")
    special = forms.ChoiceField(
        label="特殊群体",
        required=False,
        widget=PlainSelect,
        choices=[("", "特殊群体：不限"), *SpecialGroup.choices],
    )
    issue = forms.ChoiceField(
        label="数据问题",
        required=False,
        widget=PlainSelect,
        choices=[("", "数据问题：不限"), *((rule.name, rule.label) for rule in QUALITY_RULES)],
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        widget=PlainSelect,
        choices=[("", "状态：在册"), ("all", "全部（含去世、转出）"), *LifeState.choices],
    )
    age_band = SeveralField(
        label="年龄段", required=False, choices=[("", "年龄段：全部"), *AgeBand.choices[:-1], NOT_FILLED]
    )
    changed_since = forms.DateField(
        label="更新于（以后）", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    visited_before = forms.DateField(
        label="最近走访早于", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    visited_after = forms.DateField(
        label="最近走访晚于", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    unvisited_days = forms.IntegerField(
        label="多少天以上没有走访", required=False, min_value=1, max_value=36500
    )
    visited = forms.ChoiceField(
        label="走访",
        required=False,
        widget=PlainSelect,
        choices=[("", "走访：不限"), ("never", "从未走访"), ("ever", "走访过")],
    )
    held_post = forms.ChoiceField(
        label="担任过实职",
        required=False,
        widget=PlainSelect,
        choices=[("", "担任过实职：不限"), ("1", "是"), ("0", "否"), NOT_FILLED],
    )
    any = OrGroupsField(label="符合任一组", required=False)
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
        "special",
        "party",
        "political",
        "education",
        "marriage",
        "rank",
        "held_post",
        "nation",
        "visited",
        "unvisited_days",
        "visited_before",
        "visited_after",
        "incomplete",
        "lacks",
        "has",
        "issue",
        "changed_since",
        "state",
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="filter-%s", **kwargs)
        units = list(Unit.objects.visible_to(actor).order_by("area__sort", "area_id", "level", "sort", "pk"))
        counties = [(str(unit.pk), unit.label) for unit in units if unit.level == "county"]
        self.fields["county"].choices = [("", "县市区：全部"), *counties]
        self.fields["unit"].choices = [("", "单位：全部"), *_by_county(units)]
        if not sees_private(actor):  # it asks the family, whose table leaders may not read
            choices = self.fields["special"].choices
            self.fields["special"].choices = [one for one in choices if one[0] != SpecialGroup.SURVIVORS]
        if actor.county_id is None:
            self.shown = ("q", "category", "county", "unit")
        else:
            self.fields["county"].widget = forms.MultipleHiddenInput()
        self.actor, self._units = actor, {unit.pk: unit for unit in units}
        self.own = custom_fields()
        self._ask_own()
        self.groups: list[RegisterConditions] = []
        query = self.data.urlencode() if self.data else ""
        several_url = row_address("retirees:options")
        for name, field in self.fields.items():
            if isinstance(field.widget, SeveralSelect):
                field.widget.several_url = f"{several_url(name)}?{query}"

    def _ask_own(self) -> None:
        """The bureau's own fields as conditions; a retired one is not offered, but holds in a kept view."""
        for one in self.own.fields:
            made = own_conditions(one, self.own)
            self.fields |= made
            self.more = (*self.more, *(name for name in made if not one.is_retired or name in self.data))

    def place(self, people: Sequence[Retiree]) -> None:
        """Give each of a page's people his county and unit, which are here already as choices: joined to the rows they
        are a third of what the database sends and of the objects that are made."""
        for name in ("county", "unit"):
            field = Retiree._meta.get_field(name)
            for person in people:
                known = self._units.get(getattr(person, field.attname))
                if known is not None:
                    field.set_cached_value(person, known)

    def clean_any(self) -> list[str]:
        """Each group is read by this same form, as far as it may hold what a group can."""
        groups = self.cleaned_data["any"]
        if len(groups) > MOST_GROUPS:
            raise forms.ValidationError(f"最多 {MOST_GROUPS} 组。")
        self.groups = []
        for text in groups:
            try:
                if "any" in QueryDict(text):
                    raise UnknownCondition("a group in a group")
                form = conditions_of(self.actor, QueryDict(text))
            except (UnknownCondition, SuspiciousOperation):
                raise forms.ValidationError("“符合任一组”里的条件有误。") from None
            if not form.given() or not all(map(fits_group, form.given())):
                raise forms.ValidationError("“符合任一组”里有不能成组的条件。")
            self.groups.append(form)
        return groups

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["groups"] = [form.cleaned_data for form in self.groups]
        if self.groups and (values.get("on") or values.get("flow")):
            self.add_error("any", "“符合任一组”只用于现在的名册，不用于过去的某天和变动。")
        return values

    def given(self) -> set[str]:
        """Names of the conditions in force."""
        return {name for name in self.fields if self.cleaned_data.get(name) not in (None, "", [])}

    def query(self) -> str:
        """The conditions as a query string, without order and page: what is kept, handed on and read again."""
        rest = QueryDict(mutable=True)
        for name in self.fields:
            values = [value for value in self.data.getlist(name) if value]
            if values:
                rest.setlist(name, values)
        return rest.urlencode()

    def chips(self) -> list[tuple[str, str, str]]:
        """(name, value, words) of each condition in force, one for each value."""
        found = []
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value in (None, "", []) or name in {"from", "to"}:
                continue
            if isinstance(value, list):
                found += [(name, one, self._words(name, one)) for one in value]
            else:
                found.append((name, "", self._words(name, value)))
        return found

    def told(self) -> str:
        """The conditions in words, for paper and for what is asked before something is done; "" for none."""
        return "；".join(words for _, _, words in self.chips())

    def _words(self, name: str, value: Any) -> str:
        field = self.fields[name]
        if name == "any":
            group = self.groups[self.cleaned_data["any"].index(value)]
            return f"任一组：{group.told().replace('；', '，')}"
        if name == "flow":
            start, end = self.cleaned_data.get("from"), self.cleaned_data.get("to")
            return f"{format_date(start)}至{format_date(end)}{dict(FLOW_CHOICES)[value]}"
        if name == "age_min":
            return f"年龄 ≥ {value}"
        if name == "age_max":
            return f"年龄 ≤ {value}"
        if name == "unvisited_days":
            return f"{value}天以上没有走访"
        if name == "changed_since":
            return f"更新于{format_date(value)}以后"
        if isinstance(value, date):
            return f"{field.label}{format_date(value)}"
        if is_bound(name):
            return f"{field.label}{value}"
        if isinstance(field, SeveralField):
            return f"{field.label}：{dict(field.plain_choices)[value]}"
        if isinstance(field, forms.ChoiceField):
            return f"{field.label}：{dict(field.choices)[value]}"
        return f"{field.label}：{value}"


SEVERAL = frozenset(
    name
    for name, field in RegisterConditions.base_fields.items()
    if isinstance(field, SeveralField | OrGroupsField)
)
"""Conditions that take several values."""
IN_GROUPS = (SEVERAL - {"any"}) | {
    "age_min",
    "age_max",
    "party",
    "incomplete",
    "special",
    "issue",
    "state",
    "held_post",
    "visited",
    "unvisited_days",
    "visited_before",
    "visited_after",
}
"""Conditions that can stand in a group of which one must hold, beside those of the bureau's own fields."""


def takes_several(name: str) -> bool:
    """Whether a condition takes several values."""
    return name in SEVERAL or name.startswith(CUSTOM)


def fits_group(name: str) -> bool:
    """Whether a condition can stand in a group of which one must hold."""
    return name in IN_GROUPS or name.startswith(CUSTOM) or is_bound(name)


def bound_conditions(actor: Actor, query: QueryDict) -> RegisterConditions:
    """The conditions of an address, not yet validated.

    Raises UnknownCondition for a key that is none, or is given twice.
    """
    form = RegisterConditions(query, actor=actor)
    if set(query) - set(form.fields) - BESIDE:
        raise UnknownCondition("unknown condition")
    if any(len(query.getlist(name)) > (MOST if takes_several(name) else 1) for name in query):
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
