"""The backup and restore of docs/operations.md, with the real pg_dump and pg_restore: nothing may be lost, least of
all the walls."""

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from cadre_portal.embedded.account import postgres_binaries
from cadre_portal.provision import provision
from tests.servers import ADMIN

pytestmark = pytest.mark.processes
BASE_DIR = Path(__file__).resolve().parents[2]

# What makes up a database besides its rows: each has to come back exactly. Rights are unfolded, because the server
# writes the same ones in different orders.
CATALOGUE = {
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "walls and owners": (
        "SELECT relname, relowner::regrole::text, relrowsecurity, relforcerowsecurity FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
    ),
    "rights on tables": (
        "SELECT relname, a.grantee::regrole::text, a.privilege_type FROM pg_class,"
        " aclexplode(coalesce(relacl, acldefault('r', relowner))) a"
        " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1, 2, 3"
    ),
    "triggers": (
        "SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY 1, 2"
    ),
    "functions": (
        "SELECT proname, proowner::regrole::text, md5(prosrc), a.grantee::regrole::text FROM pg_proc,"
        " aclexplode(coalesce(proacl, acldefault('f', proowner))) a"
        " WHERE pronamespace = 'public'::regnamespace AND prolang <> 13 ORDER BY 1, 3, 4"
    ),
    "constraints": (
        "SELECT conrelid::regclass::text, conname, contype::text FROM pg_constraint"
        " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
    ),
    "schema": (
        "SELECT nspowner::regrole::text, a.grantee::regrole::text, a.privilege_type FROM pg_namespace,"
        " aclexplode(nspacl) a WHERE nspname = 'public' ORDER BY 2, 3"
    ),
    "defaults": (
        "SELECT defaclrole::regrole::text, defaclobjtype::text, a.grantee::regrole::text FROM pg_default_acl,"
        " aclexplode(defaclacl) a ORDER BY 1, 2, 3"
    ),
    "extensions": "SELECT extname FROM pg_extension ORDER BY 1",
}


def url(database: str) -> str:
    return f"{os.environ[ADMIN].rpartition('/')[0]}/{database}"


def snapshot(database: str) -> dict[str, object]:
    with psycopg.connect(url(database)) as connection:
        found: dict[str, object] = {
            name: connection.execute(query).fetchall() for name, query in CATALOGUE.items()
        }
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            digest = sql.SQL("SELECT count(*), md5(string_agg(t::text, E'\\n' ORDER BY t::text)) FROM {} t")
            found[f"rows of {table}"] = connection.execute(digest.format(sql.Identifier(table))).fetchone()
    return found


@pytest.fixture
def empty_database() -> Iterator[str]:
    name = f"restored_{os.getpid()}"
    pair = {
        key: f"{os.environ[variable].rpartition('/')[0]}/{name}"
        for key, variable in (("owner_url", "PORTAL_OWNER_DATABASE_URL"), ("app_url", "PORTAL_DATABASE_URL"))
    }
    provision(admin_url=os.environ[ADMIN], **pair)
    yield name
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def manual_options(program: str) -> list[str]:
    """Options that the manual gives to ``program``, without the connection's."""
    manual = (BASE_DIR / "docs" / "operations.md").read_text(encoding="utf-8")
    lines = {
        match.strip() for match in re.findall(rf"{program} -U postgres (.*?)(?:[<>']|$)", manual, flags=re.M)
    }
    assert len(lines) == 1, f"the manual calls {program} in {len(lines)} ways"
    return [word for word in lines.pop().replace("-d portal", "").split() if word != "portal"]


@pytest.mark.usefixtures("django_db_setup")
def test_a_restored_database_is_the_same(database_name: str, empty_database: str, tmp_path: Path) -> None:
    before = snapshot(database_name)
    assert before["policies"]
    dump = tmp_path / "portal.dump"
    binaries = postgres_binaries(None)
    with dump.open("wb") as output:
        command = [str(binaries / "pg_dump"), "--dbname", url(database_name), *manual_options("pg_dump")]
        subprocess.run(command, stdout=output, check=True)
    command = [str(binaries / "pg_restore"), "--dbname", url(empty_database), *manual_options("pg_restore")]
    subprocess.run([*command, str(dump)], check=True)
    after = snapshot(empty_database)
    assert after.keys() == before.keys()
    assert [name for name in before if after[name] != before[name]] == []
