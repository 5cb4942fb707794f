"""Hardship aid of the invented city: every state, names that say it is invented, within its own limits."""

from datetime import date

import pytest
from django.db.models import F, Sum

from apps.accounts.management.demo import load_accounts
from apps.benefits.management.demo.aid import load_aid
from apps.benefits.models import AidCase, AidScheme
from apps.core.demo import Demo
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.management.demo import load_people
from apps.units.management.demo import load_units

pytestmark = pytest.mark.django_db


def test_aid_is_invented_and_says_so():
    demo = Demo(as_of=date(2026, 3, 1), people=1500)
    for part in (load_units, load_accounts, load_people):
        part(demo)
    assert load_aid(demo).startswith("困难帮扶和体检疗养：7个项目")
    with scope(system_actor()):
        assert all("演示" in name for name in AidScheme.objects.values_list("name", flat=True))
        cases = AidCase.objects.all()
        found = set(cases.values_list("state", flat=True))
        assert {"applied", "checked", "approved", "paid", "signed", "done"} <= found
        assert not cases.filter(granted__gt=F("scheme__limit")).exists()
        assert not cases.filter(paid_on__gt=demo.as_of).exists()
        for scheme in AidScheme.objects.exclude(budget=None):
            granted = cases.filter(scheme=scheme).aggregate(sum=Sum("granted"))["sum"] or 0
            assert granted <= scheme.budget
