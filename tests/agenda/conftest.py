"""A signed-in browser."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from tests.factories.signed_in import signed_in


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Gives a signed-in browser for a user."""
    return signed_in
