"""The guards' part: funds of units, their ledgers, their rates."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from apps.benefits.actions.unit_funds import add_entries
from apps.benefits.models import FundRate, UnitFund
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.architecture.kinds import FILE, FORM, OFFICES, PAGE, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_offices, of_places
from tests.factories.city import actor_of

URLS: dict[str, Url] = {
    "benefits:unit-funds": Url(PAGE, STAFF),
    "benefits:unit-funds-count": Url(FORM, OFFICES),
    "benefits:unit-funds-close": Url(FORM, OFFICES),
    "benefits:unit-funds-sheet": Url(FILE, OFFICES, post=200),
    "benefits:unit-fund": Url(PAGE, STAFF, "unit fund"),
    "benefits:unit-fund-add": Url(FORM, OFFICES, "unit fund", post=422),
    "benefits:unit-fund-carried": Url(FORM, OFFICES, "unit fund", post=422),
    "benefits:unit-fund-close": Url(FORM, OFFICES, "unit fund"),
    "benefits:unit-fund-sheet": Url(FILE, OFFICES, "unit fund", post=200),
    "benefits:fund-entry-cancel": Url(FORM, OFFICES, "fund entry", post=422),
    "benefits:fund-rates": Url(PAGE, OFFICES),
    "benefits:fund-rate-create": Url(FORM, OFFICES, post=422),
    "benefits:fund-rate": Url(FORM, OFFICES, "fund rate", post=422),
    "benefits:fund-rate-remove": Url(FORM, OFFICES, "fund rate"),
}


def _fund(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["unit funds"][place].pk} for place in PLACES}, role)


def _entry(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["fund entries"][place].pk} for place in PLACES}, role)


def _rate(world: Any, role: str) -> Objects:
    return of_offices(world.more["fund rates"], role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "unit fund": _fund,
    "fund entry": _entry,
    "fund rate": _rate,
}


def build(world: Any) -> None:
    """A rate of each office; a fund at each place with a line, its words carrying the mark of the place."""
    from tests.architecture.world import OWNERS, mark

    today = timezone.localdate()
    rates, funds, entries = {}, {}, {}
    with scope(system_actor()):
        FundRate.objects.all().delete()
        for office in ("city", "a", "b"):
            rates[office] = FundRate.objects.create(
                county=None if office == "city" else world.unit(office),
                kind="special",
                people="both",
                amount=5001,
                during=DateRange(date(2002, 1, 1), None),
                paper_text="市级规定" if office == "city" else f"ZQ{office.upper()}规定",
            )
        for place in PLACES:
            unit = world.unit(place)
            UnitFund.objects.create(
                county_id=unit.area_id,
                unit=unit,
                kind="special",
                year=today.year,
                headcount=2,
                allotted=10002,
                counted=[],
                counted_on=today,
            )
    for place in PLACES:
        owner = "clerk_a" if OWNERS[place] == "unit_a1" else OWNERS[place]
        with scope(actor_of(world.users[owner])) as actor:
            fund = UnitFund.objects.get(unit=world.unit(place))
            words = {"words": f"{mark(place)}摘要", "voucher": f"{mark(place)}凭证", "purpose": "hardship"}
            values = {"day": today, "amount": Decimal("90.01"), **words}
            (entry,) = add_entries(
                fund=fund, values=values, people=[world.people[place]], today=today, by=actor
            )
        funds[place], entries[place] = fund, entry
    world.more |= {"fund rates": rates, "unit funds": funds, "fund entries": entries}
