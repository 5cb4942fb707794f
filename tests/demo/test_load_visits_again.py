"""Loaded twice for the same day, visits and concerns of the invented city are the same."""

import hashlib
import io
from datetime import date

import pytest
from django.core.management import call_command
from django.db import transaction

from apps.concerns.models import Concern
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.visits.models import Due, Incident, Leader, Visit

AS_OF = date(2026, 11, 20)
CITY = Demo(as_of=AS_OF, people=1).loader("city_clerk", "s_city")
pytestmark = pytest.mark.django_db


def test_same_day_gives_the_same_visits():
    digests = []
    for _ in range(2):
        with transaction.atomic():
            call_command("load_demo", people=120, as_of=AS_OF, stdout=io.StringIO())
            with scope(CITY):
                digests.append(_digest())
            transaction.set_rollback(True)
    assert digests[0] == digests[1]


def _digest() -> str:
    found = list(
        Visit.objects.order_by("key").values_list("key", "retiree__name", "visited_on", "money", "summary")
    )
    found += list(Due.objects.order_by("pk").values_list("retiree__name", "due_on", "state", "reason"))
    found += list(
        Incident.objects.order_by("kind", "started_on", "retiree__name").values_list(
            "kind", "retiree__name", "started_on"
        )
    )
    found += list(Concern.objects.order_by("id").values_list("id", "title", "state", "due_on"))
    found += list(Leader.objects.order_by("pk").values_list("name", "post"))
    return hashlib.sha256(repr(found).encode()).hexdigest()
