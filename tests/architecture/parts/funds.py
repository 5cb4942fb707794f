"""The guards' part: sources of money, budgets, ledger."""

from collections.abc import Callable
from typing import Any

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import Budget, FundSource
from tests.architecture.kinds import ACTION, FILE, FORM, OFFICES, PAGE, STAFF, Url
from tests.architecture.seen import COUNTY_OF, Objects, of_offices

URLS: dict[str, Url] = {
    "visits:funds": Url(PAGE, OFFICES),
    "visits:funds-sheet": Url(FILE, OFFICES, post=200),
    "visits:budget-create": Url(FORM, OFFICES, post=422),
    "visits:budget-edit": Url(FORM, OFFICES, "budget", post=422),
    "visits:budget-remove": Url(FORM, OFFICES, "budget"),
    "visits:fund-sources": Url(PAGE, STAFF),
    "visits:fund-source-create": Url(FORM, OFFICES, post=422),
    "visits:fund-source": Url(PAGE, STAFF, "fund source", known=200),
    "visits:fund-source-edit": Url(FORM, OFFICES, "fund source", post=422),
    "visits:fund-source-switch": Url(ACTION, OFFICES, "fund source"),
}


def _source(world: Any, role: str) -> Objects:
    return of_offices(world.more["fund sources"], role)


def _budget(world: Any, role: str) -> Objects:
    """The city may change a county's, which is its own kind of plan; a county does not even see another's."""
    paths = {office: {"pk": row.pk} for office, row in world.more["budgets"].items()}
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects(paths["city"])
    return Objects(paths[county], (paths["b" if county == "a" else "a"], paths["city"]))


KINDS: dict[str, Callable[[Any, str], Objects]] = {"fund source": _source, "budget": _budget}


def build(world: Any) -> None:
    """A source of each office."""
    sources = {}
    with scope(system_actor()):
        for office in ("city", "a", "b"):
            sources[office] = FundSource.objects.create(
                county=None if office == "city" else world.unit(office),
                name="市级慰问经费" if office == "city" else f"ZQ{office.upper()}经费",
            )
    world.more["fund sources"] = sources
    with scope(system_actor()):
        world.more["budgets"] = {
            office: Budget.objects.create(county=source.county, source=source, year=2026, amount=90001)
            for office, source in sources.items()
        }
