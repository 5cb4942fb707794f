"""Finding the people of a quality rule, and reading the counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import CharField, Exists, F, Func, IntegerField, OuterRef, Q, Sum, Value
from django.db.models.functions import Abs, Cast, Left, Length, NullIf, StrIndex

from apps.core.chinese import years_before
from apps.core.scope import Actor
from apps.retirees.choices import REQUIRED_FIELDS, Category, ConditionKind, Period
from apps.retirees.models import Condition, QualityCell, QualityMonth, RetireeQuerySet
from apps.retirees.rules.quality import (
    AGE_GAP_YEARS,
    EVERYBODY,
    FEW_FIELDS,
    FILLED,
    QUALITY_RULES,
    RULES_BY_NAME,
    STALE_AFTER_YEARS,
    TOO_OLD,
)

MONTHS_SHOWN = 12
WHOLE_DAY = len("2026-01-01")


def rule_conditions(today: date) -> dict[str, Any]:
    """Rule name → condition on ``prepared`` people."""
    stale = years_before(today, STALE_AFTER_YEARS)
    told_long_ago = Condition.objects.filter(
        retiree_id=OuterRef("pk"), kind=ConditionKind.HEALTH, during__endswith=None, seen_on__lt=stale
    )
    return {
        "no_id": Q(missing__contains=["national_id"]),
        "no_birth": Q(missing__contains=["birth_date"]),
        "no_phone": Q(missing__contains=["phone"]),
        "few_fields": Q(filled__lte=FEW_FIELDS),
        "not_verified": Q(verified_on=None) | Q(verified_on__lt=stale),
        "health_stale": Exists(told_long_ago),
        "age_conflict": Q(years_apart__gte=AGE_GAP_YEARS),
        "birth_differs": Q(years_apart__lt=AGE_GAP_YEARS) & ~Q(archive_in_card=1) & ~Q(card_in_archive=1),
        "very_old": Q(birth_order__lte=years_before(today, TOO_OLD)),
        "needs_ruling": Q(category=Category.LIXIU, period=Period.NEEDS_RULING),
        "lixiu_late": Q(category=Category.LIXIU, period=Period.AFTER),
        "treatment_undated": ~Q(treatment="") & Q(treatment_on=""),
        "death_vague": Q(died_length__lt=WHOLE_DAY),
    }


def prepared(people: RetireeQuerySet) -> RetireeQuerySet:
    """People with what the conditions compute from stored partial dates ("1924-07", and what was typed behind a
    space): years between the two births, whether one date begins like the other, how precisely a death is known."""
    birth, card = _iso("birth_date"), _iso("card_birth_date")
    return people.alias(
        years_apart=Abs(_year("birth_date") - _year("card_birth_date")),
        archive_in_card=StrIndex(card, birth),
        card_in_archive=StrIndex(birth, card),
        died_length=Length(_iso("died_on")),
    )


def _iso(name: str) -> Func:
    return Func(F(name), Value(" "), Value(1), function="split_part", output_field=CharField())


def _year(name: str) -> Cast:
    return Cast(NullIf(Left(name, 4), Value("")), IntegerField())


def with_issue(people: RetireeQuerySet, name: str, today: date) -> RetireeQuerySet:
    """Those of ``people`` whom a rule finds; the caller says whether they are on the register or dead."""
    return prepared(people).filter(rule_conditions(today)[name])


def is_of_dead(name: str | None) -> bool:
    """Whether a rule is about the dead, whom the register list leaves out unless asked."""
    return bool(name) and RULES_BY_NAME[str(name)].is_of_dead


# --- reading the counts


@dataclass(frozen=True)
class Quality:
    """Counts of one place by rule name, with EVERYBODY and FILLED."""

    counts: Mapping[str, int]

    def of(self, name: str) -> int:
        return self.counts.get(name, 0)

    @property
    def people(self) -> int:
        return self.of(EVERYBODY)

    @property
    def completeness(self) -> Decimal | None:
        """Share of the 22 required fields that are filled, in percent with one decimal; None of nobody."""
        return share(self.of(FILLED), self.people * len(REQUIRED_FIELDS))

    @property
    def issues(self) -> int:
        """Finds of all rules together; one person can be found by several."""
        return sum(self.of(rule.name) for rule in QUALITY_RULES)


def share(part: int, whole: int) -> Decimal | None:
    """Percent with one decimal, half up; None of nobody."""
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def quality_by(actor: Actor, place: str, **where: Any) -> dict[int, Quality]:
    """Counts by ``place`` ("county_id" or "unit_id") of what the actor sees, narrowed by ``where``. One query."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = QualityCell.objects.visible_to(actor).filter(**where).values(place, "rule")
    for key, rule, people in rows.annotate(n=Sum("people")).values_list(place, "rule", "n").order_by():
        found[key][rule] = people
    return {key: Quality(counts) for key, counts in found.items()}


def together(parts: Iterable[Quality]) -> Quality:
    """The sum of several places."""
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        for rule, people in part.counts.items():
            sums[rule] += people
    return Quality(sums)


def counted_on(actor: Actor) -> date | None:
    """Day of the counts; None before the first."""
    newest: date | None = (
        QualityCell.objects.visible_to(actor).order_by("-on").values_list("on", flat=True).first()
    )
    return newest


def trend(actor: Actor, county: int | None = None) -> list[tuple[date, Quality]]:
    """The last MONTHS_SHOWN months, the oldest first; empty for one unit, of which no months are kept."""
    rows = QualityMonth.objects.visible_to(actor) if actor.unit_id is None else None
    if rows is None:
        return []
    if county is not None:
        rows = rows.filter(county_id=county)
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for month, rule, people in (
        rows.values("month", "rule").annotate(n=Sum("people")).values_list("month", "rule", "n").order_by()
    ):
        found[month][rule] = people
    return [(month, Quality(found[month])) for month in sorted(found)[-MONTHS_SHOWN:]]
