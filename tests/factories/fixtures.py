"""The small city of the tests: two counties with two units each, and someone in every role."""

from types import SimpleNamespace

import pytest

from tests.factories.city import make_city


@pytest.fixture
def city(db: None) -> SimpleNamespace:
    """``city.a``/``city.b``: counties; ``city.a1``…: units; ``city.clerk_a`` etc.: users; ``city.actor(user)``."""
    return make_city()
