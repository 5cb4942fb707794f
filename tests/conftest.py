"""The strict harness: real PostgreSQL and Redis, the runtime login, and no way to be sloppy.

The servers are thrown away with the run. Each xdist worker has a database of its own. Tests run as ``portal_app``,
which owns nothing; the run stops at once if the login could see through the walls.
"""

import gc
import os
from collections.abc import Iterator

import hypothesis
import psycopg
import pytest

from tests.servers import ADMIN
from tests.shipped import empty_all_tables, shipped_rows

TEMPLATE = "portal_test_template"

# A machine under load is no fault of the code; properties are not timed tests.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")


@pytest.fixture(scope="session")
def database_name(request: pytest.FixtureRequest) -> str:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return f"portal_test_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(database_name: str, django_db_blocker: object) -> Iterator[None]:
    """A database of this worker, owned by the owner, used by the runtime login: a copy of one that is set up once a
    run, by the worker that comes first."""
    from django.db import connections

    from apps.core.access import temporary_tables

    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")  # the others wait for the first
        known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]).fetchone()
        if known is None:
            _set_up(admin, django_db_blocker)
        _create(admin, database_name, template=TEMPLATE)
    _use(database_name)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with connections["owner"].cursor() as cursor:
            cursor.execute(temporary_tables())  # rights on a database are not copied with it
        _refuse_privileged_login()
    yield
    connections.close_all()


@pytest.fixture(scope="session")
def shipped(django_db_setup: None) -> dict[str, bytes]:
    """Rows that migrations brought, as they are before any test wrote."""
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute("SELECT pg_advisory_lock(1)")  # nobody copies a database that somebody reads
        return shipped_rows(TEMPLATE)


def _set_up(admin: psycopg.Connection, django_db_blocker: object) -> None:
    """The database that the workers' are copies of. It has its name when it is whole."""
    from django.core.management import call_command
    from django.db import connections

    unfinished = f"{TEMPLATE}_unfinished"
    _create(admin, unfinished, template="template1")
    _use(unfinished)
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        call_command("setup_database", verbosity=0)
    connections.close_all()
    admin.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{TEMPLATE}"')


def _create(admin: psycopg.Connection, name: str, *, template: str) -> None:
    admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    admin.execute(f'CREATE DATABASE "{name}" OWNER portal_owner TEMPLATE "{template}"')
    admin.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')  # as cadre_portal/provision.py
    admin.execute(f'GRANT CONNECT ON DATABASE "{name}" TO portal_app')


def _use(name: str) -> None:
    from django.db import connections

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _refuse_privileged_login() -> None:
    from apps.core.catalogue import catalogue_faults

    faults = catalogue_faults()
    if faults:
        pytest.exit("\n".join(["the walls are not as declared:", *faults]), returncode=3)


@pytest.fixture(autouse=True)
def _clean_media(settings: object, tmp_path: object) -> None:
    settings.PORTAL_DATA_DIR = tmp_path  # type: ignore[attr-defined]


@pytest.fixture
def environment(database_name: str, settings: object) -> dict[str, str]:
    """Environment of a child process that works on this worker's database."""
    values = dict(os.environ)
    for name in ("PORTAL_DATABASE_URL", "PORTAL_OWNER_DATABASE_URL"):
        values[name] = f"{values[name].rsplit('/', 1)[0]}/{database_name}"
    values["PORTAL_DATA_DIR"] = str(settings.PORTAL_DATA_DIR)  # type: ignore[attr-defined]
    return values


@pytest.fixture
def committed(shipped: dict[str, bytes], database_name: str, django_db_blocker: object) -> Iterator[None]:
    """For tests whose writes must be seen by other processes: real commits, and afterwards the tables are as they were
    set up."""
    from django.db import connections

    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        try:
            yield
        finally:
            connections.close_all()
            empty_all_tables(database_name, shipped)


pytest_plugins = ["tests.factories.fixtures", "tests.processes"]


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was loaded stays to the end: frozen, it is not walked through again by each full garbage collection."""
    gc.collect()
    gc.freeze()
