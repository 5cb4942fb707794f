"""One person's money by month: what he is entitled to beside what was paid, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Max, Q, QuerySet, Sum

from apps.benefits.choices import RUN_FROZEN, ClaimState
from apps.benefits.models import Approval, Claim, DeathRuling, Opening, PayAccount, Payment, RunLine
from apps.benefits.queries.explained import Entitled, Explained, explain
from apps.benefits.queries.terms import Terms, terms_in_use
from apps.core.scope import Actor
from apps.retirees.models import Retiree

ZERO = Decimal(0)


@dataclass(frozen=True)
class MoneyLine:
    """One benefit in one month."""

    month: date
    benefit: int
    name: str
    entitled: Decimal | None
    """None: something is missing to reckon it, ``notes`` says what."""
    paid: Decimal
    pending: Decimal
    """Approved, and the paid list has not come back yet."""
    difference: Decimal | None
    """None where nothing can be said: months before the county used the portal."""
    words: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PersonMoney:
    """A span of months of a person."""

    lines: tuple[MoneyLine, ...]
    entitled: Decimal
    paid: Decimal
    pending: Decimal
    difference: Decimal


@dataclass
class _Settled:
    """Of one benefit in one month."""

    name: str
    county: int
    paid: Decimal = ZERO
    pending: Decimal = ZERO


@dataclass(frozen=True)
class _Asked:
    openings: dict[int, date]
    settled: dict[tuple[date, int], _Settled] = field(default_factory=dict)


def person_money(person: Retiree, actor: Actor, months: Sequence[date]) -> PersonMoney:
    """What ``person`` is entitled to and was paid in ``months`` (first days), the latest first. The number of queries
    does not grow with months or benefits."""
    terms = terms_in_use()
    asked = _Asked(
        dict(Opening.objects.visible_to(actor).values_list("county_id", "month")),
        _settled(person, actor, months),
    )
    entitled = {
        (one.month, one.verdict.benefit.key): one
        for explained in explain(person.pk, terms, months)
        for one in explained.entitled
    }
    sort = {one.key: (one.sort, one.key) for one in terms.benefits}
    keys = sorted(
        entitled.keys() | asked.settled.keys(),
        key=lambda key: (-key[0].toordinal(), sort.get(key[1], (999, key[1]))),
    )
    lines = tuple(_line(key, entitled.get(key), asked) for key in keys)
    return PersonMoney(
        lines,
        entitled=sum((one.entitled or ZERO for one in lines), ZERO),
        paid=sum((one.paid for one in lines), ZERO),
        pending=sum((one.pending for one in lines), ZERO),
        difference=sum((one.difference or ZERO for one in lines), ZERO),
    )


def _line(key: tuple[date, int], found: Entitled | None, asked: _Asked) -> MoneyLine:
    month, benefit = key
    settled = asked.settled.get(key)
    if settled is None and found is not None:
        settled = _Settled(found.verdict.benefit.name, found.county)
    assert settled is not None, "a line is of what one is entitled to or was paid"
    notes: list[str] = []
    money: Decimal | None = ZERO
    if found is not None:
        money = found.worth.money
        if money is None:
            notes.append(f"{found.worth.missing}，算不出应享金额")
        if found.worth.is_provisional:
            notes.append("暂按较早公布的数据，公布后重算")
    else:
        notes.append("按现在的名册和标准，这个月没有这项待遇")
    said = _unsaid(found.county if found is not None else settled.county, month, asked)
    if said:
        notes.append(said)
    if settled.pending:
        notes.append("已审批，等发放结果")
    known = money is not None and not said
    return MoneyLine(
        month,
        benefit,
        settled.name,
        money,
        settled.paid,
        settled.pending,
        money - settled.paid - settled.pending if money is not None and known else None,
        found.words if found else "",
        tuple(notes),
    )


def _unsaid(county: int, month: date, asked: _Asked) -> str:
    """Why no difference can be told of a month, in words; ``county`` pays for it."""
    opened = asked.openings.get(county)
    if opened is None:
        return "还没有启用系统发放，不比较"
    return "启用系统发放以前，不比较" if month < opened else ""


def _settled(person: Retiree, actor: Actor, months: Sequence[date]) -> dict[tuple[date, int], _Settled]:
    """By month and benefit, as queries/settled.py counts for lists: payments, and frozen lines without their result."""
    own = records_of(person)
    found: dict[tuple[date, int], _Settled] = {}
    payments = Payment.objects.visible_to(actor).filter(own, month__in=months)
    waiting = RunLine.objects.visible_to(actor).filter(
        own, month__in=months, run__state__in=RUN_FROZEN, paid__isnull=True
    )
    for name, rows in (("paid", payments), ("pending", waiting)):
        grouped = rows.order_by().values_list("month", "benefit_id", "benefit__name")
        for month, benefit, label, money, county in grouped.annotate(Sum("amount"), Max("county_id")):
            setattr(found.setdefault((month, benefit), _Settled(label, county)), name, money)
    return found


def records_of(person: Retiree) -> Q:
    """Rows of money of the person: his own, and those of records that were merged into his."""
    merged = Retiree.objects.filter(merged_into=person.pk).values("pk")
    return Q(retiree_id=person.pk) | Q(retiree_id__in=merged)


def claims_of(person: Retiree, actor: Actor) -> QuerySet[Claim]:
    """What the person was paid too much and has not given back."""
    rows = Claim.objects.visible_to(actor).filter(records_of(person), state=ClaimState.OPEN)
    return rows.select_related("benefit").order_by("month", "pk")


@dataclass(frozen=True)
class Decided:
    """What was decided about a person, beside the standards."""

    approvals: tuple[Approval, ...]
    """The latest first."""
    ruling: DeathRuling | None
    account: PayAccount | None


def decided_of(person: Retiree, actor: Actor) -> Decided:
    """Approvals, how he died, his account."""
    approvals = Approval.objects.visible_to(actor).filter(retiree_id=person.pk).select_related("benefit")
    return Decided(
        tuple(approvals.order_by("-during", "pk")),
        DeathRuling.objects.visible_to(actor).filter(retiree_id=person.pk).first(),
        PayAccount.objects.visible_to(actor).filter(pk=person.pk).first(),
    )


def month_explained(person: Retiree, month: date) -> tuple[Explained, Terms]:
    """One month with every rule that was considered, and the terms it was judged by."""
    terms = terms_in_use()
    return explain(person.pk, terms, [month])[0], terms
