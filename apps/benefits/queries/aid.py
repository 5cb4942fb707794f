"""Reading hardship aid: schemes with their sums, cases, who is eligible and who has not signed up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from apps.benefits.choices import AID_GRANTED, AID_OVER, YEARLY_KINDS, AidState, FundPeople
from apps.benefits.models import AidCase, AidScheme
from apps.benefits.rules.aid import SOON, Earlier
from apps.core.scope import Actor
from apps.retirees.choices import ON_REGISTER, Category
from apps.retirees.models import Retiree


def schemes_seen(actor: Actor, year: int | None = None) -> QuerySet[AidScheme]:
    """The city's schemes and one's own county's; the city sees all."""
    rows = AidScheme.objects.visible_to(actor).select_related("county", "paper", "clause")
    rows = rows if year is None else rows.filter(year=year)
    return rows.order_by("-year", "kind", "county__sort", "county_id", "name", "pk")


def cases_seen(actor: Actor) -> QuerySet[AidCase]:
    """Cases of one's own county; the city sees all."""
    return AidCase.objects.visible_to(actor).select_related("county", "unit", "scheme__county")


def categories_of(scheme: AidScheme) -> list[str]:
    """Whom a scheme is for, as the register says."""
    if scheme.people == FundPeople.BOTH:
        return list(Category.values)
    return [scheme.people]


def eligible(scheme: AidScheme, actor: Actor) -> QuerySet[Retiree]:
    """Those on the register, in the actor's scope, whom a scheme is for."""
    rows = Retiree.objects.visible_to(actor).filter(state__in=ON_REGISTER, category__in=categories_of(scheme))
    return rows.filter(county_id=scheme.county_id) if scheme.county_id else rows


def unused(scheme: AidScheme, actor: Actor) -> QuerySet[Retiree]:
    """Those eligible who have not signed up; a sign-up of a record that was merged into theirs is theirs."""
    taken = AidCase.objects.filter(scheme=scheme).exclude(state__in=AID_OVER).values("retiree_id")
    people = Retiree.objects.filter(pk__in=taken).annotate(real=Coalesce("merged_into_id", "pk"))
    return (
        eligible(scheme, actor)
        .exclude(pk__in=people.values("real"))
        .select_related("county", "unit")
        .order_by("county__sort", "county_id", "unit__sort", "unit_id", "name_sort", "pk")
    )


def same_person(retiree_id: int) -> list[int]:
    """Keys of all records that turned out to be this person."""
    kept = (
        Retiree.objects.filter(pk=retiree_id).values_list(Coalesce("merged_into_id", "pk"), flat=True).first()
    )
    key = kept or retiree_id
    merged = Retiree.objects.filter(merged_into_id=key).values_list("pk", flat=True)
    return sorted({key, retiree_id, *merged})


def other_cases(scheme_id: int, retiree_id: int, but: Any = None) -> list[Earlier]:
    """The person's other cases in a scheme, as far as they are seen."""
    rows = AidCase.objects.filter(scheme_id=scheme_id, retiree_id__in=same_person(retiree_id))
    rows = rows if but is None else rows.exclude(pk=but)
    return [
        Earlier(state, granted) for state, granted in rows.order_by("made_at").values_list("state", "granted")
    ]


def cases_of(person: Retiree, actor: Actor) -> list[AidCase]:
    """A person's cases of all years, the newest first, with those of records that were merged into his."""
    merged = Retiree.objects.filter(merged_into_id=person.pk).values("pk")
    return list(cases_seen(actor).filter(Q(retiree_id=person.pk) | Q(retiree_id__in=merged)))


def schemes_for(person: Retiree, actor: Actor, today: date) -> list[AidScheme]:
    """Schemes of this year and the next that a person may still apply for: open, of his category and his county."""
    rows = schemes_seen(actor).filter(year__in=(today.year, today.year + 1), closed_on=None)
    rows = rows.filter(Q(county=None) | Q(county_id=person.county_id))
    return [one for one in rows if person.category in categories_of(one)]


@dataclass(frozen=True)
class AidSums:
    """What a scheme came to, in the actor's scope. ``granted`` takes from the budget, ``paid`` is of it."""

    applied: int
    waiting: int
    approved: int
    paid_cases: int
    signed: int
    done: int
    refused: int
    granted: Decimal
    paid: Decimal

    @property
    def used(self) -> int:
        """People who signed up or have done it."""
        return self.signed + self.done


NOTHING = AidSums(0, 0, 0, 0, 0, 0, 0, Decimal(0), Decimal(0))


def sums_of(schemes: Iterable[AidScheme], actor: Actor) -> dict[int, AidSums]:
    """Sums by scheme; a scheme without cases is missing."""
    counts = {state: Count("pk", filter=Q(state=state)) for state in AidState.values}
    rows = (
        AidCase.objects.visible_to(actor)
        .filter(scheme__in=[one.pk for one in schemes])
        .order_by()
        .values("scheme_id")
        .annotate(
            **{f"n_{state}": count for state, count in counts.items()},
            all_granted=Sum("granted", filter=Q(state__in=AID_GRANTED)),
            all_paid=Sum("granted", filter=Q(state=AidState.PAID)),
        )
    )
    return {row["scheme_id"]: _sums(row) for row in rows}


def _sums(row: dict[str, Any]) -> AidSums:
    money = [row[f"n_{state}"] for state in (AidState.APPLIED, AidState.CHECKED, *AID_GRANTED)]
    return AidSums(
        applied=sum(money),
        waiting=row["n_applied"] + row["n_checked"],
        approved=row["n_approved"] + row["n_paid"],
        paid_cases=row["n_paid"],
        signed=row["n_signed"],
        done=row["n_done"],
        refused=row["n_refused"],
        granted=row["all_granted"] or Decimal(0),
        paid=row["all_paid"] or Decimal(0),
    )


def eligible_counts(schemes: Sequence[AidScheme], actor: Actor) -> dict[int, int]:
    """How many people each scheme is for, read in one query: heads of the register by county and category."""
    rows = Retiree.objects.visible_to(actor).filter(state__in=ON_REGISTER).order_by()
    heads = list(rows.values_list("county_id", "category").annotate(n=Count("pk")))
    return {
        one.pk: sum(
            count
            for county, category, count in heads
            if category in categories_of(one) and one.county_id in (None, county)
        )
        for one in schemes
    }


def granted_of(scheme: AidScheme) -> Decimal:
    """What takes from a scheme's budget, of all counties that the database shows."""
    rows = AidCase.objects.filter(scheme=scheme, state__in=AID_GRANTED)
    return rows.aggregate(sum=Sum("granted"))["sum"] or Decimal(0)


def to_approve(actor: Actor) -> QuerySet[AidCase]:
    """Cases that wait for this one's word: of the office's own schemes, entered and checked by others."""
    rows = AidCase.objects.visible_to(actor).filter(state=AidState.CHECKED)
    if actor.county_id is not None:
        rows = rows.filter(scheme__county_id=actor.county_id)
    return rows.exclude(made_by=actor.user_id).exclude(checked_by=actor.user_id)


def to_pay_soon(actor: Actor, today: date) -> QuerySet[AidCase]:
    """Approved and not paid, of schemes whose day is near or over."""
    rows = AidCase.objects.visible_to(actor).filter(state=AidState.APPROVED)
    return rows.filter(scheme__pay_before__lte=today + timedelta(days=SOON))


def yearly_schemes(actor: Actor, year: int) -> list[AidScheme]:
    """体检 and 疗养 of a year that still take names."""
    return list(schemes_seen(actor, year).filter(kind__in=YEARLY_KINDS, closed_on=None))
