"""One filled city for all tests here, in a transaction that is taken back at the end.

Building it costs seconds, so it stays from module to module: each module works in a savepoint, with objects and
files as they were built, and each probe inside a savepoint of its own, so that nothing it writes is seen by the next.
"""

import copy
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from tests.architecture.browsers import Browsers
from tests.architecture.world import World, build


class FilledCity:
    """The city, built when it is first wanted."""

    def __init__(self, folder: Path, blocker: Any) -> None:
        self.folder = folder
        self._blocker = blocker
        self._open = ExitStack()
        self._world: World | None = None

    def world(self) -> World:
        if self._world is None:
            self._open.enter_context(self._blocker.unblock())
            self._open.enter_context(transaction.atomic())
            with override_settings(PORTAL_DATA_DIR=self.folder):
                self._world = build()
        return copy.deepcopy(self._world)

    def forget(self) -> None:
        """Take it all back: what else works on the database would wait for this transaction."""
        if self._world is not None:
            self._world = None
            transaction.set_rollback(True)
            self._open.close()


@pytest.fixture(scope="package")
def filled_city(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[FilledCity]:
    city = FilledCity(tmp_path_factory.mktemp("city"), django_db_blocker)
    yield city
    city.forget()


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def world(filled_city: FilledCity, django_db_blocker: Any, data_dir: Path) -> Iterator[World]:
    """The filled city (tests/architecture/world.py)."""
    found = filled_city.world()
    shutil.copytree(filled_city.folder, data_dir, dirs_exist_ok=True)
    with django_db_blocker.unblock(), override_settings(PORTAL_DATA_DIR=data_dir), transaction.atomic():
        yield found
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _files_of_the_world(request: pytest.FixtureRequest, _clean_media: None, settings: Any) -> None:
    if "world" in request.fixturenames:
        settings.PORTAL_DATA_DIR = request.getfixturevalue("data_dir")
    elif "django_db_setup" in request.fixturenames:  # other tests of the database
        request.getfixturevalue("filled_city").forget()


@pytest.fixture(scope="module")
def browsers(world: World) -> Browsers:
    """A signed-in browser for every role."""
    return Browsers(world)
