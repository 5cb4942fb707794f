"""Another county's key anywhere but in the path: in a form, a hidden field, the address line, a token.

Each case is sent twice as somebody of county A: with a value of his own, which works (or there would be nothing to
refuse), and with county B's. B's rows stay byte for byte what they were, and nothing of B is in the answer.
"""

import pytest
from django.db import transaction
from django.urls import reverse

from apps.accounts.models import FormToken
from apps.jobs.models import Job
from tests.architecture.bodies import (
    RELATIVE,
    TOKENS,
    Case,
    at,
    check,
    death,
    ended_month,
    moved_to,
    new_person,
    person_a,
    schedule,
    uploaded_for,
)
from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.world import World, private_numbers
from tests.factories.city import actor_of

CASES: dict[str, Case] = {
    "new person: unit": Case(
        "POST",
        at("retirees:create"),
        new_person("a1", TOKENS[0]),
        new_person("b1", TOKENS[1]),
        (302,),
        (422,),
    ),
    "new person of a unit clerk: unit next door": Case(
        "POST",
        at("retirees:create"),
        new_person("a1", TOKENS[0]),
        new_person("a2", TOKENS[1]),
        (302,),
        (422,),
        "unit_a1",
    ),
    "new person: county and batch added by hand": Case(
        "POST",
        at("retirees:create"),
        new_person("a1", TOKENS[0]),
        lambda world: (
            new_person("a1", TOKENS[1])(world)
            | {
                "county": world.city.b.pk,
                "county_id": world.city.b.pk,
                "import_batch_id": world.batches["b"].pk,
            }
        ),
        (302,),
        (302,),
    ),
    "another unit": Case(
        "POST", at("retirees:move", pk=person_a), moved_to("a2"), moved_to("b1"), (302,), (422,)
    ),
    "verified: the person named in the body": Case(
        "POST",
        at("retirees:verify", pk=person_a),
        lambda world: {},
        lambda world: {"pk": world.people["b1"].pk, "retiree": world.people["b1"].pk},
        (302,),
        (302,),
    ),
    "death: confirmation given for somebody else": Case(
        "POST",
        at("retirees:death", pk=person_a),
        lambda world: death(world, "a1"),
        lambda world: death(world, "b1"),
        (302,),
        (200,),
    ),
    "relative: person and county in the body": Case(
        "POST",
        at("retirees:family-add", pk=person_a),
        lambda world: RELATIVE | {"token": TOKENS[2]},
        lambda world: (
            RELATIVE | {"token": TOKENS[3], "retiree": world.people["b1"].pk, "county_id": world.city.b.pk}
        ),
        (302,),
        (302,),
    ),
    "relative: token that is the key of B's relative": Case(
        "POST",
        at("retirees:family-add", pk=person_a),
        lambda world: RELATIVE | {"token": TOKENS[2]},
        lambda world: RELATIVE | {"token": world.members["b1"].pk},
        (302,),
        (302, 403, 409, 422),
    ),
    "find: B's ID number": Case(
        "POST",
        at("retirees:find"),
        lambda world: {"q": private_numbers("a1")["national_id"]},
        lambda world: {"q": private_numbers("b1")["national_id"]},
        (302,),
        (302,),
    ),
    "search over everything: B's ID number": Case(
        "POST",
        at("palette:search"),
        lambda world: {"q": private_numbers("a1")["national_id"]},
        lambda world: {"q": private_numbers("b1")["national_id"]},
        (200,),
        (200,),
    ),
    "search over everything: name": Case(
        "POST", at("palette:search"), lambda world: {"q": "ZQA1"}, lambda world: {"q": "ZQ"}, (200,), (200,)
    ),
    "printed list: people picked": Case(
        "POST",
        at("retirees:print-list"),
        lambda world: {"ids": [world.people["a1"].pk]},
        lambda world: {"ids": [world.people["b1"].pk]},
        (200,),
        (200,),
    ),
    "printed list: conditions": Case(
        "POST",
        at("retirees:print-list"),
        lambda world: {"all": "1", "query": f"county={world.city.a.pk}"},
        lambda world: {"all": "1", "query": f"county={world.city.b.pk}"},
        (200,),
        (302,),
    ),
    "printed groups: conditions": Case(
        "POST",
        at("retirees:print-groups"),
        lambda world: {"query": f"county={world.city.a.pk}&by=unit"},
        lambda world: {"query": f"county={world.city.b.pk}&by=unit"},
        (200,),
        (302,),
    ),
    "sheet of groups: conditions": Case(
        "POST",
        at("retirees:groups-sheet"),
        lambda world: {"query": f"unit={world.city.a1.pk}&by=category"},
        lambda world: {"query": f"unit={world.city.b1.pk}&by=category"},
        (200,),
        (302,),
    ),
    "view: of somebody else, in the address of the list": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"view": world.views["clerk_a"].pk},
        lambda world: {"view": world.views["clerk_b"].pk},
        (200,),
        (404,),
    ),
    "upload: place": Case("POST", at("imports:upload"), uploaded_for("a"), uploaded_for("b"), (302,), (422,)),
    "upload of a unit clerk: its county": Case(
        "POST", at("imports:upload"), uploaded_for("a1"), uploaded_for("a"), (302,), (422,), "unit_a1"
    ),
    "confirm: batch in the body": Case(
        "POST",
        at("imports:confirm", pk=lambda world: world.batches["a"].pk),
        lambda world: {"mode": "valid_rows"},
        lambda world: {"mode": "valid_rows", "batch": world.batches["b"].pk, "pk": world.batches["b"].pk},
        (302,),
        (302,),
    ),
    "briefing now: county": Case(
        "POST",
        at("reports:make"),
        lambda world: ended_month(),
        lambda world: ended_month(county=world.city.b.pk, county_id=world.city.b.pk),
        (302,),
        (302,),
    ),
    "schedule: county": Case(
        "POST",
        at("reports:schedule-edit", pk=lambda world: world.schedules["a"].pk),
        schedule,
        lambda world: schedule(
            world, county=world.city.b.pk, county_id=world.city.b.pk, id=world.schedules["b"].pk
        ),
        (302,),
        (302,),
    ),
    "return of a briefing: document in the body": Case(
        "POST",
        at("reports:return", pk=lambda world: world.documents["a", "checked"].pk),
        lambda world: {"reason": "试"},
        lambda world: {"reason": "试", "document": world.documents["b", "checked"].pk, "pk": 1},
        (302,),
        (302,),
    ),
    "grant in hand": Case(
        "POST",
        at("accounts:grant"),
        lambda world: {"grant": actor_of(world.city.clerk_a).grant_id},
        lambda world: {"grant": actor_of(world.city.clerk_b).grant_id},
        (302,),
        (404,),
    ),
    "display: account in the body": Case(
        "POST",
        at("accounts:display"),
        lambda world: {"size": "large"},
        lambda world: {"size": "large", "user": world.city.clerk_b.pk, "pk": world.city.clerk_b.pk},
        (302,),
        (302,),
    ),
    "jobs seen: job in the body": Case(
        "POST",
        at("jobs:seen-all"),
        lambda world: {},
        lambda world: {"job": world.jobs["clerk_b", "done"].pk, "pk": world.jobs["clerk_b", "done"].pk},
        (302,),
        (302,),
    ),
    "list: county": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"county": world.city.a.pk},
        lambda world: {"county": world.city.b.pk},
        (200,),
        (200,),
    ),
    "list: unit": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"unit": world.unit("a1").pk},
        lambda world: {"unit": world.unit("b1").pk},
        (200,),
        (200,),
    ),
    "list: batch": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"batch": world.batches["a"].pk},
        lambda world: {"batch": world.batches["b"].pk},
        (200,),
        (200,),
    ),
    "list: page after somebody": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"after": world.people["a1"].pk, "page": 2},
        lambda world: {"after": world.people["b1"].pk, "page": 2},
        (200, 404),
        (404,),
    ),
    "list: page before somebody": Case(
        "GET",
        at("retirees:list"),
        lambda world: {"before": world.people["a2"].pk, "page": 1},
        lambda world: {"before": world.people["b1"].pk, "page": 1},
        (200,),
        (404,),
    ),
    "list: name": Case(
        "GET", at("retirees:list"), lambda world: {"q": "ZQA1"}, lambda world: {"q": "ZQ"}, (200,), (200,)
    ),
    "units: name": Case(
        "GET", at("units:tree"), lambda world: {"q": "财政"}, lambda world: {"q": "局"}, (200,), (200,)
    ),
    "jobs: everybody's": Case(
        "GET", at("jobs:list"), lambda world: {"whose": ""}, lambda world: {"whose": "all"}, (200,), (403,)
    ),
    "history: page of a person": Case(
        "GET",
        at("retirees:detail", pk=person_a),
        lambda world: {"tab": "history"},
        lambda world: {"tab": "history", "version": 1, "pk": world.people["b1"].pk},
        (200,),
        (200, 400, 404),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_another_countys_key_is_refused_or_ignored(name: str, world: World, browsers: Browsers) -> None:
    check(CASES[name], world, browsers)


def test_a_form_token_of_somebody_else_is_refused(world: World, browsers: Browsers) -> None:
    FormToken.objects.create(
        token=TOKENS[4], actor_id=world.city.clerk_b.pk, result=str(world.people["b1"].pk)
    )
    response = browsers.probe(
        "clerk_a", "POST", reverse("retirees:create"), new_person("a1", TOKENS[4])(world)
    )
    assert response.status_code == 403
    assert seen(world, "clerk_a", response) == []


def test_a_briefing_asked_for_is_of_ones_own_county(world: World, browsers: Browsers) -> None:
    """Whatever stands in the body."""
    with transaction.atomic():
        browsers.probe(
            "clerk_a", "POST", reverse("reports:make"), ended_month(county=world.city.b.pk), keep=True
        )
        assert Job.objects.latest("sequence").payload["county_id"] == world.city.a.pk
        transaction.set_rollback(True)


ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "\\\\evil.example",
    "/\\evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "https://testserver@evil.example/",
    "\thttps://evil.example",
)


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_leads_nowhere_else(target: str, world: World, browsers: Browsers) -> None:
    """The field that says where to go afterwards never leaves the portal."""
    pages = (
        ("accounts:display", {"size": "large"}),
        ("retirees:columns", {"columns": "name"}),
        ("accounts:grant", {"grant": actor_of(world.city.clerk_a).grant_id}),
        ("accounts:second-factor", {}),
    )
    for name, values in pages:
        response = browsers.probe("clerk_a", "POST", reverse(name), values | {"next": target})
        assert response.status_code == 302, name
        assert "evil" not in response.headers["Location"], name
        assert response.headers["Location"].startswith("/"), name
        assert not response.headers["Location"].startswith(("//", "/\\")), name
    page = browsers.probe("anonymous", "GET", f"{reverse('accounts:sign-in')}?next={target}")
    assert page.status_code == 200
