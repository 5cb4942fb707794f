"""A request with a key in its body or address line, sent once with one's own key and once with a foreign one."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.reports.rules import Period
from apps.retirees.forms.leaving import DeathForm
from tests.architecture.browsers import Browsers
from tests.architecture.canaries import seen
from tests.architecture.digests import changed, digests
from tests.architecture.world import World

Values = dict[str, Any]


class Case(NamedTuple):
    """A request with one key in it. ``works``: statuses for one's own value; ``refused``: for a foreign one."""

    method: str
    address: Callable[[World], str]
    own: Callable[[World], Values]
    foreign: Callable[[World], Values]
    works: tuple[int, ...]
    refused: tuple[int, ...]
    role: str = "clerk_a"


NEW_PERSON = {
    "name": "试新人",
    "category": "tuixiu",
    "sex": "1",
    "birth_date": "1950-05",
    "work_started_on": "1970-01",
    "retired_on": "2010-05",
    "seen_on": "2026-03-01",
    "entry": "retired",
}
RELATIVE = {"relation": "child", "name": "试亲属", "phone": "", "birth_date": "", "work": ""}
TOKENS = tuple(f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 6))


def at(name: str, **what: Callable[[World], Any]) -> Callable[[World], str]:
    return lambda world: reverse(name, kwargs={key: find(world) for key, find in what.items()})


def person_a(world: World) -> int:
    return world.people["a1"].pk


def unit(place: str) -> Callable[[World], int]:
    return lambda world: world.unit(place).pk


def new_person(place: str, token: str) -> Callable[[World], Values]:
    return lambda world: NEW_PERSON | {"unit": world.unit(place).pk, "token": token}


def moved_to(place: str) -> Callable[[World], Values]:
    return lambda world: {"unit": world.unit(place).pk, "moved_on": "2026-02-20"}


def uploaded_for(place: str) -> Callable[[World], Values]:
    return lambda world: {
        "unit": world.unit(place).pk,
        "file": SimpleUploadedFile("名册.csv", "姓名,性别\n试,男\n".encode()),
    }


def schedule(world: World, **more: Any) -> Values:
    return {
        "name": "试计划",
        "kind": "half",
        "due_days": "3",
        "due_time": "08:00",
        "starts_on": "2026-01-01",
        "is_active": "on",
        **more,
    }


def ended_month(**more: Any) -> Values:
    return {"period": Period.containing("month", timezone.localdate()).previous().key, **more}


def death(world: World, person: str) -> Values:
    """The confirming half of a registration of death, with the token of ``person``."""
    typed = {"died_on": "2026-02-01", "reported_on": "2026-02-02", "place": "", "note": ""}
    form = DeathForm(typed, person=world.people[person], today=None)
    return typed | {"confirmed": form.token}


def send(browsers: Browsers, world: World, case: Case, values: Callable[[World], Values]) -> Any:
    address = case.address(world)
    if case.method == "GET":
        query = "&".join(f"{name}={value}" for name, value in values(world).items())
        return browsers.probe(case.role, "GET", f"{address}?{query}", keep=True)
    return browsers.probe(case.role, "POST", address, values(world), keep=True)


def check(case: Case, world: World, browsers: Browsers) -> None:
    """One's own works; the foreign one is refused or ignored, changes nothing of B's and shows nothing of it."""
    for values, expected in ((case.own, case.works), (case.foreign, case.refused)):
        with transaction.atomic():
            before = digests(world.city.b.pk)
            response = send(browsers, world, case, values)
            after = digests(world.city.b.pk)
            transaction.set_rollback(True)
        assert response.status_code in expected, (response.status_code, browsers.crashes)
        assert changed(before, after) == []
        assert seen(world, case.role, response) == []
