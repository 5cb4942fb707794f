"""The closed list of conditions as form fields, and back: what fits the benefit is offered, nothing else is read."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms

from apps.benefits.choices import Audience, Cycle
from apps.benefits.models import Benefit
from apps.benefits.rules.conditions import (
    AGES,
    CHOICES,
    DATES,
    LEVELS,
    SPANS,
    UNDECIDED,
    BadConditions,
    from_json,
)
from apps.core.inputs import AnyDayField
from apps.retirees.choices import Level
from apps.units.models import Unit

CADRE = ("category", "period", "sex", "self_care", "unit_kind")
SURVIVOR = ("period", "relation", "household")
ENDS = ("from", "to")
HELP = {
    "period": "护理费文件一般不分抗战前期、后期：两项一起勾",
    "unit_kind": "发放工资的单位；没有另登记的看管理单位",
    "place": "只给其中几个县市区的才选",
    "full_age": "起填满多少周岁，含这一岁",
    "nominal_age": "按虚岁算的文件才填",
    "rank": "从高到低，如“副厅级以上”：只填“低到”",
    "treatment": "从高到低，如“正县级以下”：只填“高到”",
}


def condition_names(benefit: Benefit, *, is_city: bool) -> tuple[list[str], list[str]]:
    """Choices and spans that fit a benefit. Counties keep standards for their own people, so only the city asks for
    places; how somebody died matters to what death brings."""
    if benefit.audience == Audience.SURVIVOR:
        names, spans = list(SURVIVOR), []
    else:
        names, spans = list(CADRE), list(SPANS)
        if benefit.cycle == Cycle.DEATH:
            names.append("death")
    return [*names, "place"] if is_city else names, spans


def condition_fields(benefit: Benefit, *, is_city: bool) -> Iterator[tuple[str, forms.Field]]:
    """The form's fields, by their names in the form."""
    names, spans = condition_names(benefit, is_city=is_city)
    for name in names:
        label, kind = CHOICES[name]
        yield (
            f"if_{name}",
            forms.MultipleChoiceField(
                label=label,
                required=False,
                choices=_places() if kind is None else _known(kind),
                widget=forms.CheckboxSelectMultiple,
                help_text=HELP.get(name, ""),
            ),
        )
    for name in spans:
        for end in ENDS:
            yield f"{name}_{end}", _end_field(name, end)


def _known(kind: Any) -> list[tuple[str, str]]:
    """What the register can know; nobody gets anything for what it does not."""
    return [(value, label) for value, label in kind.choices if value not in UNDECIDED]


def _places() -> list[tuple[str, str]]:
    return [(str(one.pk), one.label) for one in Unit.objects.all().counties().order_by("sort", "pk")]


def _end_field(name: str, end: str) -> forms.Field:
    label = SPANS[name]
    if name in LEVELS:
        word, empty = ("高到", "不限") if end == "from" else ("低到", "不限")
        return forms.ChoiceField(
            label=f"{label}：{word}",
            required=False,
            choices=[("", empty), *Level.choices],
            help_text=HELP[name] if end == "to" else "",
        )
    word = "起" if end == "from" else "止"
    if name in AGES:
        hint = HELP[name] if end == "from" else ""
        return forms.IntegerField(
            label=f"{label}：{word}", required=False, min_value=1, max_value=149, help_text=hint
        )
    return AnyDayField(label=f"{label}：{word}", required=False)


def conditions_typed(form: forms.Form, data: Mapping[str, Any]) -> dict[str, Any]:
    """The conditions of a cleaned form as the database keeps them; what contradicts itself is said at its field."""
    stored: dict[str, Any] = {}
    for name, (_, kind) in CHOICES.items():
        values = data.get(f"if_{name}")
        if values:
            stored[name] = sorted(int(one) for one in values) if kind is None else sorted(values)
    for name in SPANS:
        ends = [data.get(f"{name}_{end}") for end in ENDS]
        if any(one not in (None, "") for one in ends):
            stored[name] = [_plain(one) for one in ends]
    for name, value in list(stored.items()):
        try:
            from_json({name: value})
        except BadConditions as problem:
            form.add_error(f"{name}_to" if name in SPANS else f"if_{name}", str(problem))
    return stored


def _plain(value: Any) -> Any:
    if value in (None, ""):
        return None
    return value.isoformat() if hasattr(value, "isoformat") else value


def conditions_as_typed(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Initial values of the fields."""
    initial: dict[str, Any] = {}
    for name, value in stored.items():
        if name in CHOICES:
            initial[f"if_{name}"] = [str(one) for one in value]
        else:
            initial |= {f"{name}_{end}": one for end, one in zip(ENDS, value, strict=True)}
    return initial


def span_rows(names: list[str]) -> list[tuple[str, str]]:
    """Pairs of fields that stand beside each other."""
    return [(f"{name}_from", f"{name}_to") for name in (*LEVELS, *AGES, *DATES) if name in names]
