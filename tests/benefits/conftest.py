"""A signed-in browser, and standards put in force in one line."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from apps.accounts.models import User
from apps.benefits.choices import StandardState
from apps.benefits.models import Benefit, Standard
from apps.library.models import Paper
from tests.factories.signed_in import signed_in


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Gives a signed-in browser for a user."""
    return signed_in


def put_in_force(*numbers: str, ends: dict[str, date] | None = None) -> list[Standard]:
    """The shipped standards of these papers, confirmed; within a scope of the city."""
    rows = list(Standard.objects.filter(paper__number__in=numbers))
    assert rows
    for row in rows:
        row.state = StandardState.PUBLISHED
        row.confirmed_by = 1
        row.confirmed_by_name = "试复核"
        if row.label in (ends or {}):
            row.during = DateRange(row.during.lower, (ends or {})[row.label])
        row.save()
    return rows


def make_standard(code: str, amount: Any, starts: date, ends: date | None = None, **values: Any) -> Standard:
    """A published standard of the city, for everybody unless said otherwise; within a scope of the city."""
    paper = values.pop("paper", None) or Paper.objects.create(
        number=f"演示〔2026〕{Paper.objects.count()}号", title="演示", issuer="云溪市委老干部局", level="3"
    )
    given = {
        "label": f"演示{amount}元",
        "level": "3",
        "made_by": 0,
        "made_by_name": "试拟定",
        "confirmed_by": 1,
        "confirmed_by_name": "试复核",
        "state": StandardState.PUBLISHED,
    }
    return Standard.objects.create(
        benefit=Benefit.objects.get(code=code),
        paper=paper,
        amount=Decimal(amount),
        during=DateRange(starts, ends),
        **(given | values),
    )
