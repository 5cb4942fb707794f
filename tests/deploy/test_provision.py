"""Roles, limits and the database, on the cluster of this test run; provisioning again must change nothing."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from apps.core.scope import DB_ROLES
from cadre_portal.provision import ProvisionError, main, provision
from tests.servers import ADMIN


def urls(**changes: str) -> dict[str, str]:
    return {
        "admin_url": os.environ[ADMIN],
        "owner_url": os.environ["PORTAL_OWNER_DATABASE_URL"],
        "app_url": os.environ["PORTAL_DATABASE_URL"],
        **changes,
    }


@pytest.fixture
def admin() -> Iterator[psycopg.Connection]:
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as connection:
        yield connection


def test_again_changes_nothing(admin: psycopg.Connection) -> None:
    question = (
        "SELECT r.rolname, r.rolinherit, r.rolcanlogin, r.rolsuper, r.rolbypassrls, r.rolcreaterole, s.setconfig"
        " FROM pg_roles r LEFT JOIN pg_db_role_setting s ON s.setrole = r.oid"
        " WHERE r.rolname LIKE 'portal%' OR r.rolname LIKE 's\\_%' ORDER BY 1"
    )
    before = admin.execute(question).fetchall()
    provision(**urls(), for_tests=True)
    assert admin.execute(question).fetchall() == before
    assert {row[0] for row in before} == {"portal_owner", "portal_app", "portal_base", *DB_ROLES}


def test_the_login_enters_scopes_but_inherits_none(admin: psycopg.Connection) -> None:
    rows = admin.execute(
        "SELECT g.rolname, m.inherit_option, m.set_option FROM pg_auth_members m"
        " JOIN pg_roles u ON u.oid = m.member JOIN pg_roles g ON g.oid = m.roleid WHERE u.rolname = 'portal_app'"
    ).fetchall()
    assert {name: (inherits, enters) for name, inherits, enters in rows} == {
        "portal_base": (True, True),
        **dict.fromkeys(DB_ROLES, (False, True)),
    }


def test_limits_hold_in_every_scope() -> None:
    with psycopg.connect(os.environ["PORTAL_DATABASE_URL"]) as app:
        app.execute("SELECT set_config('role', 's_county', true)")
        names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        limits = [app.execute("SELECT current_setting(%s)", [name]).fetchone() for name in names]
    assert limits == [("30s",), ("5s",), ("1min",)]


def test_strangers_get_nothing(admin: psycopg.Connection) -> None:
    row = admin.execute(
        "SELECT has_database_privilege('public', 'portal', 'CONNECT'),"
        " has_database_privilege('public', 'portal', 'TEMP')"
    ).fetchone()
    assert row == (False, False)
    with psycopg.connect(os.environ["PORTAL_OWNER_DATABASE_URL"]) as owner:
        assert owner.execute("SELECT has_schema_privilege('public', 'public', 'USAGE')").fetchone() == (
            False,
        )
        owner.execute("CREATE FUNCTION probe() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        allowed = "SELECT has_function_privilege(%s, 'probe()', 'EXECUTE')"
        assert owner.execute(allowed, ["public"]).fetchone() == (False,)
        assert owner.execute(allowed, ["s_county"]).fetchone() == (True,)
        owner.rollback()


def test_the_login_makes_nothing() -> None:
    with psycopg.connect(os.environ["PORTAL_DATABASE_URL"], autocommit=True) as app:
        for statement in ("CREATE TABLE t ()", "CREATE TEMP TABLE t ()", "CREATE SCHEMA t", "CREATE ROLE t"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


def test_names_are_found_by_their_characters() -> None:
    with psycopg.connect(os.environ["PORTAL_DATABASE_URL"]) as app:
        assert app.execute(
            "SELECT similarity('欧阳·买买提', '欧阳') > 0, show_trgm('𠮷野') <> '{}'"
        ).fetchone() == (
            True,
            True,
        )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"owner_url": "postgresql://postgres:x@localhost/portal"}, "must sign in as portal_owner"),
        ({"app_url": "postgresql://portal_app@localhost/portal"}, "has no password"),
        ({"app_url": "postgresql://portal_app:x@localhost/other"}, "different databases"),
    ],
)
def test_contradicting_urls_are_refused_before_anything_is_done(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(ProvisionError, match=reason):
        provision(**urls(**changes))


def test_a_database_that_knows_no_chinese_letters_is_refused(admin: psycopg.Connection) -> None:
    name = f"no_letters_{os.getpid()}"
    admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 LOCALE 'C'").format(sql.Identifier(name)))
    try:
        wrong = {key: f"{url.rpartition('/')[0]}/{name}" for key, url in urls().items() if key != "admin_url"}
        with pytest.raises(ProvisionError, match="no Chinese letters"):
            provision(**urls(**wrong))
    finally:
        admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_by_hand_it_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PORTAL_OWNER_DATABASE_URL")
    assert main([]) == 2
    said = capsys.readouterr().err
    assert "PORTAL_OWNER_DATABASE_URL" in said
    assert "PORTAL_ADMIN_DATABASE_URL" in said
