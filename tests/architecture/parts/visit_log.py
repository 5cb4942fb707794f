"""The guards' part: the log of visits."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from apps.core import private_files
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.visits.actions.log import record_visit
from apps.visits.actions.photos import BUCKET
from apps.visits.models import FundSource, Occasion, VisitPhoto
from apps.visits.rules import VisitorEntry
from tests.architecture.kinds import ACTION, FORM, PAGE, REGISTER, STAFF, Url
from tests.architecture.seen import PLACES, Objects, of_places

URLS: dict[str, Url] = {
    "visits:log": Url(PAGE, REGISTER),
    "visits:new": Url(FORM, STAFF, post=200),
    "visits:record-many": Url(ACTION, STAFF),
    "visits:record": Url(FORM, STAFF, "person", post=422),
    "visits:results": Url(FORM, STAFF, "campaign copy", post=422),
    "visits:visit": Url(PAGE, REGISTER, "visit"),
    "visits:visit-edit": Url(FORM, STAFF, "visit", post=422),
    "visits:visit-remove": Url(FORM, STAFF, "visit", post=422),
    "visits:photos": Url(FORM, STAFF, "visit", post=422),
    "visits:photo-image": Url(PAGE, STAFF, "visit photo"),
    "visits:photo-small": Url(PAGE, STAFF, "visit photo"),
    "visits:photo-remove": Url(FORM, STAFF, "visit photo"),
}


def _visit(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["visits"][place].pk} for place in PLACES}, role)


def _photo(world: Any, role: str) -> Objects:
    return of_places({place: {"pk": world.more["visit photos"][place].pk} for place in PLACES}, role)


KINDS: dict[str, Callable[[Any, str], Objects]] = {"visit": _visit, "visit photo": _photo}


def build(world: Any) -> None:
    """A visit at each place, with money, visitors and words of that place."""
    world.more["visits"] = {}
    with scope(system_actor()) as actor:
        pot = FundSource.objects.create(name="财政专项资金")
        routine = Occasion.objects.get(code="routine")
        for place in PLACES:
            name = f"ZQ{place.upper()}"
            world.more["visits"][place] = record_visit(
                retiree=world.people[place],
                values={
                    "occasion": routine,
                    "visited_on": timezone.localdate() - timedelta(days=40),
                    "way": "hospital",
                    "place": f"{name}医院",
                    "target": "self",
                    "summary": f"{name}备注",
                    "money": Decimal(200),
                    "goods": f"{name}慰问品",
                    "source": pot,
                    "approved_by_name": f"{name}批准人",
                },
                visitors=[VisitorEntry(f"{name}走访人", f"{name}职务", "3")],
                by=actor,
            )
            photo = private_files.keep(BUCKET, b"\xff\xd8\xff picture of " + name.encode())
            world.more.setdefault("visit photos", {})[place] = VisitPhoto.objects.create(
                **world.people[place].row_keys(),
                visit=world.more["visits"][place],
                file_ref=photo.name,
                thumb_ref=photo.name,
                digest=photo.digest,
                caption=f"{name}照片",
                uploaded_by_name="上传人",
            )
