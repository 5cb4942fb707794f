"""What many people were paid before lists were made here, all rows or none."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction

from apps.benefits.actions.runs import record_earlier
from apps.benefits.choices import RUN_FROZEN, Cycle
from apps.benefits.models import Benefit, Payment, RunLine
from apps.benefits.queries.stays import stays_of
from apps.benefits.queries.terms import benefit_terms
from apps.benefits.rules.earlier import EarlierRow, told
from apps.benefits.rules.engine import is_due
from apps.benefits.rules.months import Stay, month_words, stay_in
from apps.core.scope import Actor
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.models.private import id_index


@transaction.atomic
def record_earlier_list(
    *, rows: Sequence[EarlierRow], benefit: Benefit, paid_on: date, note: str, by: Actor
) -> int:
    """Payments of one benefit from a pasted list; return how many.

    Raises BadPaidList with every row that cannot be: nobody of the actor's place has the number, another name, nothing
    falls due in the month, somebody else paid for it, it was settled already or stands twice in the list."""
    people = _people(rows)
    stays = stays_of({one.pk for one in people.values()})
    settled = _settled({one.pk for one in people.values()}, benefit, {row.month for row in rows})
    wrong: list[str] = []
    made: dict[tuple[int, date], dict[str, Any]] = {}
    for row in rows:
        person = people.get(row.national_id)
        problem = _problem(row, person, benefit, stays, settled, by)
        if not problem and person is not None and (person.pk, row.month) in made:
            problem = f"{row.name}{month_words(row.month)}在名单里出现了两次。"
        if problem or person is None:
            wrong.append(f"第{row.place}行：{problem}")
            continue
        stay = _stay(benefit, stays.get(person.pk, []), row.month)
        made[person.pk, row.month] = {
            "county_id": stay.county if stay else None,
            "unit_id": stay.unit if stay else None,
            "retiree_id": person.pk,
            "name": person.name,
            "benefit": benefit,
            "month": row.month,
            "amount": row.money,
            "paid_on": paid_on,
            "note": note,
        }
    told(wrong)
    return record_earlier(rows=made.values(), by=by)


def _people(rows: Sequence[EarlierRow]) -> dict[str, Retiree]:
    """By ID number, those whom the scope shows."""
    numbers = {bytes(id_index(row.national_id)): row.national_id for row in rows}
    rows_found = PrivateDetails.objects.filter(national_id_index__in=list(numbers)).select_related("retiree")
    return {numbers[bytes(one.national_id_index or b"")]: one.retiree for one in rows_found}


def _settled(people: set[int], benefit: Benefit, months: set[date]) -> set[tuple[int, date]]:
    """Months that have a payment or an approved line, of any record of each person."""
    merged = dict(Retiree.objects.filter(merged_into_id__in=people).values_list("pk", "merged_into_id"))
    own = {"retiree_id__in": [*people, *merged], "benefit": benefit, "month__in": months}
    paid = Payment.objects.filter(**own).values_list("retiree_id", "month")
    listed = RunLine.objects.filter(**own, run__state__in=RUN_FROZEN).values_list("retiree_id", "month")
    return {(merged.get(key, key), month) for key, month in [*paid, *listed]}


def _stay(benefit: Benefit, stays: Sequence[Stay], month: date) -> Stay | None:
    pays_death = benefit.pays_death_month or benefit.cycle == Cycle.DEATH
    return stay_in(month, stays, pays_death_month=pays_death)


def _problem(
    row: EarlierRow,
    person: Retiree | None,
    benefit: Benefit,
    stays: Mapping[int, Sequence[Stay]],
    settled: set[tuple[int, date]],
    by: Actor,
) -> str:
    """Why a row cannot be, in words; nothing where it can."""
    if person is None:
        return "名册里没有这个身份证号的人。"
    if person.name != row.name:
        return f"名册里这个身份证号是{person.name}，不是{row.name[:20]}，请检查是否错行。"
    died = person.died_on.earliest if person.died_on else None
    if not is_due(benefit_terms(benefit), row.month, died):
        return f"{month_words(row.month)}没有应发的{benefit.name}。"
    stay = _stay(benefit, stays.get(person.pk, []), row.month)
    if stay is None or by.county_id not in (None, stay.county):
        return f"{row.name}{month_words(row.month)}不由本地发放。"
    if (person.pk, row.month) in settled:
        return f"{row.name}{month_words(row.month)}已经有发放记录或审批过的名单。"
    return ""
