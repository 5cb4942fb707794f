"""The register counted by groups: each group with its heads and what the office always asks about them.

Kept cells answer where conditions and grouping are among what they count, so that the city's table of a million
people comes at once; otherwise the people themselves are counted in one statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, Sum, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce

from apps.core.chinese import years_before
from apps.retirees.choices import (
    NATION_CHOICES,
    PARTY_MEMBERS,
    AgeBand,
    Category,
    CustomKind,
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
)
from apps.retirees.models import RetireeQuerySet
from apps.retirees.queries.custom import CustomFields
from apps.retirees.queries.own_conditions import CUSTOM
from apps.retirees.rules.custom import is_custom

OVER_80 = ("80", "90", "100")


@dataclass(frozen=True)
class Grouping:
    """A way to group. ``choices``: values in the order of the table; () for counties and units, which have an order of
    their own. ``condition``: the list's condition that opens one group, "" where there is none."""

    label: str
    choices: tuple[tuple[str, str], ...] = ()
    condition: str = ""


def _of(label: str, choices: Any, condition: str) -> Grouping:
    return Grouping(label, tuple((str(value), str(text)) for value, text in choices if value), condition)


GROUPINGS: dict[str, Grouping] = {
    "county": Grouping("县市区", condition="county"),
    "unit": Grouping("管理单位", condition="unit"),
    "category": _of("类别", Category.choices, "category"),
    "treatment": _of("现享受待遇", Level.choices, "treatment"),
    "rank": _of("退休时职级", Level.choices, "rank"),
    "medical_treatment": _of("医疗待遇", Level.choices, "medical_treatment"),
    "age_band": _of("年龄段", AgeBand.choices, "age_band"),
    "sex": _of("性别", Sex.choices, "sex"),
    "period": _of("参加革命工作时期", Period.choices, "period"),
    "health": _of("健康状况", Health.choices, "health"),
    "self_care": _of("生活自理", SelfCare.choices, "self_care"),
    "living": _of("居住方式", Living.choices, "living"),
    "residence": _of("居住地", Residence.choices, "residence"),
    "political": _of("政治面貌", Political.choices, "political"),
    "education": _of("学历", Education.choices, "education"),
    "marriage": _of("婚姻状况", Marriage.choices, "marriage"),
    "nation": _of("民族", NATION_CHOICES, "nation"),
    "state": _of("状态", LifeState.choices, "state"),
}


TRUTHS = (("yes", "是"), ("no", "否"))
_STORED_TRUTHS = {"true": "yes", "false": "no"}


def groupings(own: CustomFields) -> dict[str, Grouping]:
    """All ways to group by name: those above, and the bureau's own fields that have choices, by their key. A retired
    one holds in a kept view; ``is_offered`` leaves it out."""
    found = dict(GROUPINGS)
    for field in own.fields:
        name = f"{CUSTOM}{field.key}"
        if field.kind == CustomKind.CHOICE:
            found[field.key] = _of(field.label, own.labels.get(field.dictionary, {}).items(), name)
        elif field.kind == CustomKind.YES_NO:
            found[field.key] = Grouping(field.label, TRUTHS, name)
    return found


def is_offered(name: str, own: CustomFields) -> bool:
    """Whether the list offers to group by ``name``."""
    return name in GROUPINGS or not own.by_key[name].is_retired


@dataclass(frozen=True)
class GroupCount:
    """One group's numbers; ``key`` is the value as text, "" for 未填."""

    key: str
    people: int
    lixiu: int
    party: int
    helpless: int
    over80: int
    filled: int

    def __add__(self, other: "GroupCount") -> "GroupCount":
        numbers = {name: getattr(self, name) + getattr(other, name) for name in MEASURES}
        return GroupCount(self.key, **numbers)


MEASURES = ("people", "lixiu", "party", "helpless", "over80", "filled")
NOBODY = dict.fromkeys(MEASURES, 0)


def counts_of_people(people: RetireeQuerySet, name: str, today: date) -> list[GroupCount]:
    """Count ``people`` by a grouping, in one statement."""
    if name == "age_band":
        key: Any = _band(today)
    elif name in ("county", "unit"):
        key = Cast(F(f"{name}_id"), CharField())
    elif is_custom(name):
        key = Coalesce(KT(f"custom__{name}"), Value(""), output_field=TextField())
    else:
        key = F(name)
    rows = (
        people.order_by()
        .values(group_key=key)
        .annotate(
            people=Count("pk"),
            lixiu=Count("pk", filter=Q(category=Category.LIXIU)),
            party=Count("pk", filter=Q(political__in=PARTY_MEMBERS)),
            helpless=Count("pk", filter=Q(self_care=SelfCare.HELPLESS)),
            over80=Count("pk", filter=Q(birth_order__lte=years_before(today, 80))),
            filled=Sum("filled"),
        )
    )
    return [GroupCount(_key(row.pop("group_key"), name), **row) for row in rows]


def _key(stored: str, name: str) -> str:
    """The value as the list's condition has it."""
    return _STORED_TRUTHS.get(stored, stored) if is_custom(name) else stored


def _band(today: date) -> Case:
    """The age band of a person, as the cells have it."""
    steps = [
        When(birth_from__lte=years_before(today, int(band)), then=Value(str(band)))
        for band in sorted((one for one in AgeBand.values if one not in ("", "0")), key=int, reverse=True)
    ]
    return Case(When(birth_from=None, then=Value("")), *steps, default=Value("0"), output_field=CharField())


def in_order(grouping: Grouping, counts: list[GroupCount], places: Mapping[str, int]) -> list[GroupCount]:
    """Groups in the order of the office's lists; ``places``: rank of counties and units by key. 未填 comes last."""
    ranks = places or {value: rank for rank, (value, _) in enumerate(grouping.choices)}
    return sorted(counts, key=lambda each: (each.key == "", ranks.get(each.key, len(ranks)), each.key))


def total_of(counts: list[GroupCount]) -> GroupCount:
    """The row at the foot."""
    return sum(counts, GroupCount("", **NOBODY))
