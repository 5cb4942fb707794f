"""The guards' part: hardship aid and yearly items, their cases; mechanisms of counties."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.benefits.actions.aid import apply_for_aid, check_case
from apps.benefits.models import AidScheme, CountyMechanism
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from tests.architecture.kinds import ACTION, CITY, FILE, FORM, OFFICES, PAGE, Url
from tests.architecture.seen import COUNTY_OF, PLACES, Objects, of_offices, of_places
from tests.factories.city import actor_of

APPROVERS = CITY | {"chief_a"}

URLS: dict[str, Url] = {
    "benefits:aid": Url(PAGE, OFFICES),
    "benefits:aid-scheme-create": Url(FORM, OFFICES, post=422),
    "benefits:aid-scheme": Url(PAGE, OFFICES, "aid scheme", known=200),
    "benefits:aid-scheme-edit": Url(FORM, OFFICES, "aid scheme", post=422),
    "benefits:aid-scheme-close": Url(FORM, OFFICES, "aid scheme"),
    "benefits:aid-scheme-remove": Url(FORM, OFFICES, "aid scheme"),
    "benefits:aid-sheet": Url(FILE, OFFICES, "aid scheme", post=200, known=200),
    "benefits:aid-unused": Url(FORM, OFFICES, "yearly item", post=422),
    "benefits:aid-find": Url(FORM, OFFICES, "aid scheme", post=200, known=200),
    "benefits:aid-apply": Url(FORM, OFFICES, "aid applicant", post=422),
    "benefits:aid-case": Url(PAGE, OFFICES, "aid case"),
    "benefits:aid-check": Url(FORM, OFFICES, "aid case", post=422),
    "benefits:aid-approve": Url(FORM, APPROVERS, "aid case"),
    "benefits:aid-pay": Url(FORM, OFFICES, "aid case", post=422),
    "benefits:aid-done": Url(FORM, OFFICES, "aid case", post=422),
    "benefits:aid-refuse": Url(FORM, OFFICES, "aid case", post=422),
    "benefits:aid-withdraw": Url(FORM, OFFICES, "aid case", post=422),
    "benefits:aid-waiting": Url(PAGE, OFFICES),
    "benefits:mechanisms": Url(PAGE, OFFICES),
    "benefits:mechanism": Url(FORM, OFFICES, "mechanism", post=422),
    "benefits:aid-reveal": Url(ACTION, OFFICES, "aid words", post=422),
}


def _case(**more: Any) -> Callable[[Any, str], Objects]:
    def find(world: Any, role: str) -> Objects:
        rows = {place: {"pk": world.more["aid cases"][place].pk, **more} for place in PLACES}
        return of_places(rows, role)

    return find


def _applicant(world: Any, role: str) -> Objects:
    """One's own person under one's own scheme; another county's person, another county's scheme."""
    schemes, county = world.more["aid schemes"], COUNTY_OF.get(role)
    mine = county or "a"

    def pair(office: str, place: str) -> dict[str, Any]:
        return {"pk": schemes[office].pk, "person_pk": world.people[place].pk}

    own = pair(mine, f"{mine}2")
    if county is None:
        return Objects(own)
    other = "b" if county == "a" else "a"
    return Objects(own, (pair(mine, f"{other}2"), pair(other, f"{mine}2")))


def _mechanism(world: Any, role: str) -> Objects:
    """Of one's own county (the city: any), and of the other."""
    paths = {key: {"county_pk": world.unit(key).pk, "kind": "hardship"} for key in "ab"}
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects(paths["a"])
    return Objects(paths[county], (paths["b" if county == "a" else "a"],))


def _item(world: Any, role: str) -> Objects:
    """The city's is a county's to work with too, so that there is none that it only reads."""
    found = of_offices(world.more["yearly items"], role)
    return Objects(found.own, found.foreign)


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "aid scheme": lambda world, role: of_offices(world.more["aid schemes"], role),
    "yearly item": _item,
    "aid case": _case(),
    "aid words": _case(name="reason"),
    "aid applicant": _applicant,
    "mechanism": _mechanism,
}


def build(world: Any) -> None:
    """Two schemes of each office, and at each place a case that was checked, its words carrying the place's marks."""
    from tests.architecture.world import secret_mark

    today = timezone.localdate()
    schemes, items, cases = {}, {}, {}
    with scope(system_actor()):
        for office in ("city", "a", "b"):
            name = "市计划" if office == "city" else f"ZQ{office.upper()}计划"
            fixed = {"county": None if office == "city" else world.unit(office), "year": today.year}
            schemes[office] = AidScheme.objects.create(
                **fixed, kind="hardship", name=name, limit=3001, pay_before=today
            )
            if office != "city":
                CountyMechanism.objects.create(
                    county=world.unit(office),
                    kind="hardship",
                    is_there=True,
                    since=today,
                    proof=f"ZQ{office.upper()}证明",
                    set_by_name="试填报",
                )
            items[office] = AidScheme.objects.create(**fixed, kind="checkup", name=name)
    for place in PLACES:
        with scope(actor_of(world.users["clerk_a" if place[0] == "a" else "clerk_b"])) as actor:
            values = {"applied_on": today, "asked": Decimal(2001), "reason": f"{secret_mark(place)}理由"}
            case = apply_for_aid(
                scheme=schemes[place[0]], person=world.people[place], values=values, today=today, by=actor
            )
            cases[place] = check_case(
                case=case, granted=Decimal(1001), findings=f"{secret_mark(place)}核查", by=actor
            )
    world.more |= {"aid schemes": schemes, "yearly items": items, "aid cases": cases}
