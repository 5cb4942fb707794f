"""Make the database, its logins and its roles. Safe to run again and again.

Used by the embedded servers, by docker-compose (service "provision") and by hand:

    PORTAL_DATABASE_URL=... PORTAL_OWNER_DATABASE_URL=... \\
        python -m cadre_portal.provision --admin-url postgresql://postgres@db.example/postgres

The names, passwords and the database come from the two URLs that the portal itself uses, so there is nothing
to keep in step. The admin's password is best left out of the URL and given as PGPASSWORD (or ~/.pgpass).
Passwords leave this process only as SCRAM verifiers: neither a server log nor an argument list can show one.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from apps.core.access import BASE as BASE_ROLE
from apps.core.scope import DB_ROLES

OWNER = "portal_owner"
LOGIN = "portal_app"
EXTENSIONS = ("pg_trgm", "btree_gist", "btree_gin")
MINIMUM_VERSION = 16
# A login's own settings survive SET ROLE, so they hold for every scope. Migrations may run long, hence 0.
LIMITS = {
    LOGIN: {
        "statement_timeout": "30s",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
    OWNER: {
        "statement_timeout": "0",
        "lock_timeout": "5s",
        "idle_in_transaction_session_timeout": "60s",
    },
}


class ProvisionError(Exception):
    """What is wrong with the server, and what to do about it."""


def provision(*, admin_url: str, owner_url: str, app_url: str, for_tests: bool = False) -> None:
    """Bring the server to the state the portal expects.

    admin_url: a login that may create roles and databases. owner_url, app_url: what the portal will use; their
    user must be portal_owner and portal_app, both with a password and the same database. for_tests also lets
    the owner create databases and prepares template1, from which test databases are copied.
    Raises ProvisionError where an existing server contradicts the rules, psycopg.Error where it refuses.
    """
    database, passwords = _read_urls(owner_url, app_url)
    with _connected(admin_url) as admin:
        # Two provisioners at once (two containers starting) wait for each other.
        admin.execute("SELECT pg_advisory_lock(hashtext('cadre-portal provision'))")
        _make_roles(admin, passwords, owner_may_create_databases=for_tests)
        _make_database(admin, database)
        for name in [database, "template1"] if for_tests else [database]:
            with _connected(admin_url, name) as inside:
                _prepare_database(inside)
        _check_logins(admin)


def _read_urls(owner_url: str, app_url: str) -> tuple[str, dict[str, str]]:
    databases: set[str] = set()
    passwords: dict[str, str] = {}
    for expected, url in ((OWNER, owner_url), (LOGIN, app_url)):
        parts = conninfo_to_dict(url)
        if parts.get("user") != expected:
            raise ProvisionError(f"the URL must sign in as {expected}, not as {parts.get('user')!r}")
        if not parts.get("password"):
            raise ProvisionError(f"the URL of {expected} has no password")
        if not parts.get("dbname"):
            raise ProvisionError(f"the URL of {expected} names no database")
        databases.add(str(parts["dbname"]))
        passwords[expected] = str(parts["password"])
    if len(databases) != 1:
        raise ProvisionError(f"the two URLs name different databases: {', '.join(sorted(databases))}")
    return databases.pop(), passwords


@contextmanager
def _connected(url: str, database: str | None = None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, dbname=database, autocommit=True, connect_timeout=10) as connection:
        connection.execute("SET client_min_messages = warning")
        version = connection.info.server_version // 10000
        if version < MINIMUM_VERSION:
            raise ProvisionError(f"PostgreSQL {MINIMUM_VERSION} or newer is needed, this is {version}")
        yield connection


def _make_roles(
    admin: psycopg.Connection, passwords: dict[str, str], *, owner_may_create_databases: bool
) -> None:
    existing = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles")}
    for name in (BASE_ROLE, *DB_ROLES):
        if name not in existing:
            admin.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(name)))
    for name in (OWNER, LOGIN):
        if name not in existing:
            # NOINHERIT: whoever forgets to enter a scope gets "permission denied", never an empty list.
            admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(sql.Identifier(name)))
        _set_password(admin, name, passwords[name])
        for setting, value in LIMITS[name].items():
            statement = sql.SQL("ALTER ROLE {} SET {} = {}")
            admin.execute(statement.format(sql.Identifier(name), sql.Identifier(setting), sql.Literal(value)))
    if owner_may_create_databases:
        admin.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
    for role in DB_ROLES:
        _grant(admin, BASE_ROLE, role, sql.SQL("INHERIT TRUE"))
        _grant(admin, role, LOGIN, sql.SQL("INHERIT FALSE, SET TRUE"))
    _grant(admin, BASE_ROLE, LOGIN, sql.SQL("INHERIT TRUE"))


def _grant(admin: psycopg.Connection, role: str, member: str, options: sql.SQL) -> None:
    admin.execute(
        sql.SQL("GRANT {} TO {} WITH {}").format(sql.Identifier(role), sql.Identifier(member), options)
    )


def _set_password(admin: psycopg.Connection, role: str, password: str) -> None:
    verifier = admin.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(verifier)))


def _make_database(admin: psycopg.Connection, database: str) -> None:
    exists = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone()
    if not exists:
        # LC_CTYPE has to be C.UTF-8 too: pg_trgm asks the C library what a letter is, and under "C" no Chinese
        # character is one. The builtin provider (PostgreSQL 17) keeps order independent of the system's glibc.
        provider = sql.SQL("builtin" if admin.info.server_version >= 170000 else "libc")
        statement = sql.SQL(
            "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER {} LOCALE 'C.UTF-8'"
        )
        admin.execute(statement.format(sql.Identifier(database), provider))
    name = sql.Identifier(database)
    admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(OWNER)))
    admin.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, sql.Identifier(LOGIN)))


def _prepare_database(inside: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        inside.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))
    (trigrams,) = inside.execute("SELECT cardinality(show_trgm('老干部'))").fetchone() or (0,)
    if not trigrams:
        raise ProvisionError(
            f"database {inside.info.dbname} was made with a locale in which pg_trgm sees no Chinese letters; "
            "make a new one (this command does so by itself) with LOCALE 'C.UTF-8' and copy the data over"
        )
    owner, base = sql.Identifier(OWNER), sql.Identifier(BASE_ROLE)
    inside.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    inside.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
    inside.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(base))
    # PostgreSQL lets PUBLIC call every new function; ours (the history triggers call some) are for the portal only.
    default = sql.SQL("ALTER DEFAULT PRIVILEGES FOR ROLE {} ").format(owner)
    inside.execute(default + sql.SQL("REVOKE ALL ON FUNCTIONS FROM PUBLIC"))
    inside.execute(default + sql.SQL("REVOKE ALL ON TYPES FROM PUBLIC"))
    inside.execute(default + sql.SQL("GRANT EXECUTE ON FUNCTIONS TO {}").format(base))
    inside.execute(default + sql.SQL("GRANT USAGE ON TYPES TO {}").format(base))


def _check_logins(admin: psycopg.Connection) -> None:
    """Prove that neither login is more than it should be; an older installation may have been generous."""
    privileged = admin.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole)",
        [[OWNER, LOGIN, BASE_ROLE, *DB_ROLES]],
    ).fetchall()
    inherits = admin.execute(
        "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member"
        " JOIN pg_roles g ON g.oid = m.roleid WHERE u.rolname = %s AND m.inherit_option AND g.rolname <> %s",
        [LOGIN, BASE_ROLE],
    ).fetchall()
    if privileged or inherits:
        names = ", ".join(name for (name,) in privileged + inherits)
        raise ProvisionError(f"these roles have or pass on more rights than the walls allow: {names}")


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m cadre_portal.provision", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--admin-url", default=os.environ.get("PORTAL_ADMIN_DATABASE_URL"))
    options = parser.parse_args(argv)
    urls = {name: os.environ.get(name, "") for name in ("PORTAL_OWNER_DATABASE_URL", "PORTAL_DATABASE_URL")}
    missing = [name for name, value in urls.items() if not value]
    if not options.admin_url:
        missing.append("PORTAL_ADMIN_DATABASE_URL (or --admin-url)")
    if missing:
        print(f"请先设置 / please set: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        provision(
            admin_url=options.admin_url,
            owner_url=urls["PORTAL_OWNER_DATABASE_URL"],
            app_url=urls["PORTAL_DATABASE_URL"],
        )
    except (ProvisionError, psycopg.Error) as error:
        print(f"数据库准备失败 / provisioning failed: {error}", file=sys.stderr)
        return 1
    print("数据库、登录名和角色已就绪 / database, logins and roles are ready")
    return 0


if __name__ == "__main__":
    sys.exit(main())
