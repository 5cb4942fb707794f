"""A signed-in browser, and rules and visits made in one line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.visits.models import Occasion, VisitRule
from tests.factories.signed_in import signed_in


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Gives a signed-in browser for a user."""
    return signed_in


def make_rule(**values: Any) -> VisitRule:
    """A rule of the city: everybody, once a quarter, unless said otherwise."""
    occasion = Occasion.objects.get(code=values.pop("occasion", "routine"))
    given = {
        "name": "每季走访",
        "trigger": "period",
        "every": "quarter",
        "starts_on": date(2026, 1, 1),
        "occasion": occasion,
    }
    return VisitRule.objects.create(**(given | values))
