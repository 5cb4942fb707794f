"""A signed-in browser, and papers made in one line."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.core.scope import Actor
from apps.library.actions.papers import save_paper
from apps.library.models import Paper
from tests.factories.signed_in import signed_in


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Gives a signed-in browser for a user."""
    return signed_in


def make_paper(by: Actor, number: str = "试老干〔2026〕1号", **values: Any) -> Paper:
    """A paper of the actor's office, in force since 2026 unless said otherwise."""
    given: dict[str, Any] = {
        "number": number,
        "title": f"关于{number}的通知",
        "issuer": "试老干部局",
        "level": "3",
        "starts_on": date(2026, 1, 1),
    }
    return save_paper(paper=None, values=given | values, version=0, by=by)
