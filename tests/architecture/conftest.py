"""One filled city for all tests of a module, in a transaction that is taken back at the end.

Each probe runs inside a savepoint of its own, so that nothing it writes is seen by the next one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.architecture.browsers import Browsers
from tests.architecture.world import World, build


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, data_dir: Path) -> Iterator[World]:
    """The filled city (tests/architecture/world.py)."""
    with django_db_blocker.unblock(), override_settings(PORTAL_DATA_DIR=data_dir), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _files_of_the_world(request: pytest.FixtureRequest, _clean_media: None, settings: Any) -> None:
    if "world" in request.fixturenames:
        settings.PORTAL_DATA_DIR = request.getfixturevalue("data_dir")


@pytest.fixture(scope="module")
def browsers(world: World) -> Browsers:
    """A signed-in browser for every role."""
    return Browsers(world)
