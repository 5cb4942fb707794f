"""The guards' part: campaigns, teams, prints."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.models import Campaign, Due, ListChange, Occasion, Team, VisitRule
from tests.architecture.kinds import ACTION, FILE, FORM, OFFICES, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import COUNTY_OF, PLACES, Objects, places_of

URLS: dict[str, Url] = {
    "visits:campaigns": Url(PAGE, REGISTER),
    "visits:campaign-create": Url(FORM, OFFICES, post=422),
    "visits:campaign-from-list": Url(ACTION, OFFICES),
    "visits:campaign-from-due": Url(ACTION, OFFICES),
    "visits:campaign": Url(PAGE, REGISTER, "campaign", known=200),
    "visits:campaign-edit": Url(FORM, OFFICES, "campaign", post=422),
    "visits:campaign-letter": Url(FORM, OFFICES, "campaign"),
    "visits:campaign-copy": Url(FORM, OFFICES, "campaign copy", post=422),
    "visits:campaign-step": Url(FORM, OFFICES, "campaign step", post=422),
    "visits:campaign-people": Url(PAGE, REGISTER, "campaign", known=200),
    "visits:campaign-find": Url(PAGE, STAFF, "campaign", known=200),
    "visits:campaign-add": Url(FORM, STAFF, "campaign person", post=422),
    "visits:campaign-remove": Url(FORM, STAFF, "campaign due", post=422),
    "visits:list-changes": Url(PAGE, STAFF),
    "visits:list-changes-approve": Url(ACTION, OFFICES),
    "visits:list-change-return": Url(FORM, OFFICES, "list change", post=422),
    "visits:list-change-withdraw": Url(ACTION, STAFF, "list change of a place"),
    "visits:campaign-papers": Url(FORM, STAFF, "campaign copy", post=422),
    "visits:campaign-coverage": Url(FILE, REGISTER, "campaign copy", post=200),
    "visits:campaign-coverage-pdf": Url(ACTION, STAFF, "campaign copy"),
    "visits:teams": Url(PAGE, REGISTER, "campaign", known=200),
    "visits:teams-form": Url(FORM, OFFICES, "campaign copy", post=422),
    "visits:teams-dissolve": Url(FORM, OFFICES, "campaign copy"),
    "visits:teams-move": Url(ACTION, OFFICES, "campaign copy"),
    "visits:team-create": Url(FORM, OFFICES, "campaign copy", post=422),
    "visits:team": Url(PAGE, REGISTER, "team", known=200),
    "visits:team-edit": Url(FORM, OFFICES, "team", post=422),
    "visits:team-remove": Url(ACTION, OFFICES, "team gone"),
    "visits:team-order": Url(ACTION, OFFICES, "team"),
}


def of_offices(rows: dict[str, Any], role: str, **more: Any) -> Objects:
    """Plans: one's own office's, the other county's, and for a county the city's, which it reads."""
    paths = {office: {"pk": row.pk, **more} for office, row in rows.items()}
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects(paths["city"])
    return Objects(paths[county], (paths["b" if county == "a" else "a"],), (paths["city"],))


def _campaign(world: Any, role: str) -> Objects:
    return of_offices(world.more["campaigns"], role)


def _copied(world: Any, role: str) -> Objects:
    """Another office's campaign that one reads is copied like one's own."""
    found = of_offices(world.more["campaigns"], role)
    return Objects(found.own, found.foreign)


def _step(world: Any, role: str) -> Objects:
    return of_offices(world.more["campaigns"], role, name="publish")


def _team(world: Any, role: str) -> Objects:
    return of_offices(world.more["teams"], role)


def _team_gone(world: Any, role: str) -> Objects:
    return of_offices(world.more["teams to go"], role)


def _of_city(world: Any, role: str, name: str, rows: dict[str, Any]) -> Objects:
    """Somebody of one's own place in the city's campaign; another place's is foreign."""
    mine = places_of(role)
    city = world.more["campaigns"]["city"].pk
    paths = {place: {"pk": city, name: row.pk} for place, row in rows.items()}
    return Objects(paths[mine[0]], tuple(path for place, path in paths.items() if place not in mine))


def _person(world: Any, role: str) -> Objects:
    return _of_city(world, role, "person", world.people)


def _due(world: Any, role: str) -> Objects:
    return _of_city(world, role, "due", world.more["campaign dues"])


def _list_change(world: Any, role: str) -> Objects:
    """Decided by the office that keeps the list; what one's own place asks of the city is seen, not decided."""
    rows = world.more["list changes"]
    county = COUNTY_OF.get(role)
    if county is None:
        return Objects({"pk": rows["city", "a1"].pk})
    other = "b" if county == "a" else "a"
    return Objects(
        {"pk": rows[county, f"{county}1"].pk},
        ({"pk": rows[other, f"{other}1"].pk}, {"pk": rows["city", f"{other}1"].pk}),
        ({"pk": rows["city", f"{county}1"].pk},),
    )


def _list_change_of_a_place(world: Any, role: str) -> Objects:
    mine = places_of(role)
    paths = {place: {"pk": world.more["list changes"]["city", place].pk} for place in PLACES}
    return Objects(paths[mine[0]], tuple(path for place, path in paths.items() if place not in mine))


KINDS: dict[str, Callable[[Any, str], Objects]] = {
    "campaign": _campaign,
    "campaign copy": _copied,
    "campaign step": _step,
    "team": _team,
    "team gone": _team_gone,
    "campaign person": _person,
    "campaign due": _due,
    "list change": _list_change,
    "list change of a place": _list_change_of_a_place,
}


def build(world: Any) -> None:
    """A frozen campaign of each office; at each place somebody on the city's list, and on his county's."""
    today = timezone.localdate()
    made, dues = {}, {}
    with scope(system_actor()):
        occasion = Occasion.objects.get(code="spring")
        for office in ("city", "a", "b"):
            made[office] = Campaign.objects.create(
                county=None if office == "city" else world.unit(office),
                title="春节走访" if office == "city" else f"ZQ{office.upper()}活动",
                occasion=occasion,
                starts_on=today - timedelta(days=5),
                ends_on=today + timedelta(days=20),
                state="frozen",
                frozen_at=timezone.now(),
                frozen_count=4,
                made_by_name="试",
            )
        for place in PLACES:
            row = {
                "occasion": occasion,
                "from_on": today - timedelta(days=5),
                "due_on": today + timedelta(days=20),
            }
            Due.objects.create(**world.people[place].row_keys(), campaign=made[place[0]], **row)
            dues[place] = Due.objects.create(
                **world.people[place].row_keys(),
                campaign=made["city"],
                reason="other",
                reason_note=f"ZQ{place.upper()}说明",
                **row,
            )
        world.more["list changes"] = {
            (office, place): ListChange.objects.create(
                **world.people[place].row_keys(),
                campaign=made[office],
                kind="remove",
                reason=f"ZQ{place.upper()}理由",
                asked_by=0,
                asked_by_name="试",
                asked_at=timezone.now(),
            )
            for place in PLACES
            for office in ("city", place[0])
        }
        world.more["teams"] = _teams(made, "走访组")
        world.more["teams to go"] = _teams(made, "要撤的组")
        world.more["city teams"] = {
            office: Team.objects.create(
                county=world.unit(office), campaign=made["city"], name=f"ZQ{office.upper()}组"
            )
            for office in ("a", "b")
        }
        world.more["festival rules"] = {
            office: VisitRule.objects.create(
                county=world.unit(office),
                name=f"ZQ{office.upper()}节日规则",
                occasion=occasion,
                trigger="festival",
                query="",
                starts_on=today,
                is_active=False,
            )
            for office in ("a", "b")
        }
    world.more["campaigns"], world.more["campaign dues"] = made, dues


def _teams(campaigns: dict[str, Campaign], name: str) -> dict[str, Team]:
    return {
        office: Team.objects.create(county=campaign.county, campaign=campaign, name=name)
        for office, campaign in campaigns.items()
    }
