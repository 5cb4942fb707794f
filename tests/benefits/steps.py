"""A standard on its road in one line: drafted by the city's clerk, published by its chief."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from apps.benefits.actions import standards as actions
from apps.benefits.models import Benefit, Standard
from apps.core.scope import scope
from apps.library.models import Paper
from tests.factories.city import actor_of

DAY = date(2026, 7, 1)
LIBERATION = {"category": ["lixiu"], "period": ["liberation"]}


def values(code: str = "nursing", amount: Any = 300, starts: date = DAY, **more: Any) -> dict[str, Any]:
    paper = more.pop("paper", None) or Paper.objects.create(
        number=f"演示〔2026〕{Paper.objects.count()}号", title="演示", issuer="云溪市委老干部局", level="3"
    )
    return {
        "benefit": Benefit.objects.get(code=code),
        "paper": paper,
        "level": "3",
        "label": f"演示{amount}元",
        "conditions": LIBERATION,
        "amount": Decimal(amount),
        "during": DateRange(starts, more.pop("ends", None)),
        **more,
    }


def drafted(city: Any, **more: Any) -> Standard:
    with scope(actor_of(city.city_clerk)) as clerk:
        return actions.add_standard(values=values(**more), by=clerk)


def submitted(city: Any, **more: Any) -> Standard:
    standard = drafted(city, **more)
    with scope(actor_of(city.city_clerk)) as clerk:
        return actions.submit_standard(standard=standard, version=standard.version, by=clerk)


def published(city: Any, **more: Any) -> Standard:
    standard = submitted(city, **more)
    with scope(actor_of(city.city_chief)) as chief:
        return actions.publish_standard(standard=standard, version=standard.version, by=chief)


def again(city: Any, standard: Standard) -> Standard:
    with scope(actor_of(city.city_chief)):
        return Standard.objects.get(pk=standard.pk)


def refusal(city: Any, standard: Standard) -> str:
    """Why it cannot be submitted."""
    with scope(actor_of(city.city_clerk)) as clerk, pytest.raises(actions.Refused) as problem:
        actions.submit_standard(standard=standard, version=standard.version, by=clerk)
    return str(problem.value)
