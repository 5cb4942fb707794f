"""What each database role may do on each table, and the SQL that makes it so.

A model says it with one attribute::

    class Contact(models.Model):
        access = Access.person(leaders=False)

``manage.py setup_database`` applies it after migrating; ``catalogue_faults()`` compares the catalogue with what is
declared, in the tests and in /readyz. A table that declares nothing gets no grant and fails the check.

Policies are one plain equality per table and role. ``OR``, ``CASE`` and ``ANY`` in a policy were measured at
100 to 600 times the cost, because they hide the county index from the planner.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps

from apps.core.scope import DB_ROLES

COUNTY = "(county_id = (NULLIF(current_setting('app.county'::text, true), ''::text))::integer)"
UNIT = "(unit_id = (NULLIF(current_setting('app.unit'::text, true), ''::text))::integer)"
ALL = "true"

ROWS = {
    "s_city": ALL,
    "s_county": COUNTY,
    "s_unit": f"({COUNTY} AND {UNIT})",
    "s_leader": ALL,
    "s_leader_county": COUNTY,
    "s_system": ALL,
    "s_security": ALL,
    "s_audit": ALL,
}
BASE = "portal_base"
OWNER = "portal_owner"
WRITE = "DELETE, INSERT, SELECT, UPDATE"
READ = "SELECT"
ADD = "INSERT, SELECT"


TEMPORARY = ("s_city", "s_county")
"""Roles that may make temporary tables, which hold what is reckoned of many people while one transaction works on it
(apps/benefits/queries/entitled.py); they are seen by nobody else and gone when it ends."""


@dataclass(frozen=True)
class Access:
    """Privileges by database role, and whether rows are walled off by county (and unit)."""

    grants: dict[str, str] = field(default_factory=dict)
    walled: bool = False
    cascades: bool = False
    """Written by triggers of rows that follow a person (history, marks): a cascade runs as the owner, whose trigger
    must be able to add to it."""
    read_by_all: bool = False
    """Walled for writing only: every role that has the table reads all rows."""

    @property
    def reading(self) -> frozenset[str]:
        """Roles that read every row of a walled table."""
        return frozenset(self.grants) if self.read_by_all else frozenset()

    @property
    def owning(self) -> frozenset[str]:
        """Roles that have rows of their own in a walled table, by ``ROWS``."""
        return frozenset(role for role, can in self.grants.items() if not self.read_by_all or can != READ)

    @classmethod
    def person(cls, *, leaders: bool = True, append_only: bool = False, cascades: bool = False) -> "Access":
        """Rows that belong to a person: ``county_id`` and ``unit_id`` stand in the row.

        leaders: False for private tables; the leader roles then get "permission denied".
        append_only: for history, which nobody may change.
        cascades: written by triggers of rows that follow a person; history always is.
        """
        staff = ADD if append_only else WRITE
        grants = {"s_city": staff, "s_county": staff, "s_unit": staff}
        if leaders:
            grants |= {"s_leader": READ, "s_leader_county": READ}
        return cls(grants, walled=True, cascades=append_only or cascades)

    @classmethod
    def county(cls, *, leaders: bool = False, units: bool = True, append_only: bool = False) -> "Access":
        """Rows that belong to a county-level area; ``units``: unit clerks have their own too (needs unit_id)."""
        staff = ADD if append_only else WRITE
        grants = {"s_city": staff, "s_county": staff}
        if units:
            grants |= {"s_unit": staff}
        if leaders:
            grants |= {"s_leader": READ, "s_leader_county": READ}
        return cls(grants, walled=True)

    @classmethod
    def published(cls) -> "Access":
        """Rows of a county, or without one of the city, that everybody who sees the register may read and only their
        keepers may change: plans and rules, nothing about retirees."""
        grants = dict.fromkeys(("s_unit", "s_leader", "s_leader_county"), READ)
        return cls({"s_city": WRITE, "s_county": WRITE, **grants}, walled=True, read_by_all=True)

    @classmethod
    def shared(cls, **more: str) -> "Access":
        """Rows that everyone signed in may read (units, dictionaries); ``more``: writers by role."""
        return cls({BASE: READ, **more})

    @classmethod
    def infrastructure(cls, privileges: str = WRITE) -> "Access":
        """Sessions, jobs and the like: no personal data, used before a scope is known."""
        return cls({BASE: privileges})

    @classmethod
    def none(cls) -> "Access":
        """A table that the running portal never touches."""
        return cls({})


THIRD_PARTY: dict[str, Access] = {
    "django_migrations": Access.infrastructure(READ),
    "django_content_type": Access.infrastructure(READ),
    "django_session": Access.infrastructure(),
    "auth_permission": Access.none(),
    "auth_group": Access.none(),
    "auth_group_permissions": Access.none(),
    "axes_accessattempt": Access.infrastructure(),
    "axes_accesslog": Access.infrastructure(),
    "axes_accessfailurelog": Access.infrastructure(),
    "axes_accessattemptexpiration": Access.infrastructure(),
    "otp_totp_totpdevice": Access.infrastructure(),
    "otp_static_staticdevice": Access.infrastructure(),
    "otp_static_statictoken": Access.infrastructure(),
    "django_celery_beat_periodictask": Access.infrastructure(),
    "django_celery_beat_periodictasks": Access.infrastructure(),
    "django_celery_beat_crontabschedule": Access.infrastructure(),
    "django_celery_beat_intervalschedule": Access.infrastructure(),
    "django_celery_beat_solarschedule": Access.infrastructure(),
    "django_celery_beat_clockedschedule": Access.infrastructure(),
    "pghistory_context": Access.none(),
}


def declared() -> dict[str, Access | None]:
    """Return the access of every table the models know; None where a model of ours declares nothing."""
    tables: dict[str, Access | None] = dict(THIRD_PARTY)
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy or model._meta.db_table in tables:
            continue
        tables[model._meta.db_table] = getattr(model, "access", None)
    return tables


def policy_name(role: str) -> str:
    """Name of the policy that a role has on a table."""
    return f"portal_{role}"


def read_policy_name(role: str) -> str:
    """Name of its second one, where it reads more rows than it may write."""
    return f"portal_{role}_read"


def temporary_tables() -> str:
    """SQL that lets TEMPORARY make temporary tables in the database one is connected to, and nobody else."""
    return (
        "DO $$ BEGIN"
        " EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database());"
        f" EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO {', '.join(TEMPORARY)}', current_database());"
        " END $$"
    )


def statements() -> Iterator[str]:
    """SQL that brings grants and policies to what is declared, run by the owner; grants come last, so that
    a run that stops half-way leaves a table closed rather than open."""
    for table, access in sorted(declared().items()):
        yield f'REVOKE ALL ON "{table}" FROM PUBLIC, {BASE}, {", ".join(DB_ROLES)}'
        if access is None:
            continue
        if access.walled:
            yield f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY'
            yield f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'
            for role in DB_ROLES:
                yield f'DROP POLICY IF EXISTS {policy_name(role)} ON "{table}"'
                yield f'DROP POLICY IF EXISTS {read_policy_name(role)} ON "{table}"'
                if role in access.reading:
                    yield f'CREATE POLICY {read_policy_name(role)} ON "{table}" FOR SELECT TO {role} USING (true)'
                if role in access.owning:
                    rule = ROWS[role]
                    yield (
                        f'CREATE POLICY {policy_name(role)} ON "{table}" TO {role}'
                        f" USING ({rule}) WITH CHECK ({rule})"
                    )
            yield f'DROP POLICY IF EXISTS {policy_name(OWNER)} ON "{table}"'
            if access.cascades:
                yield f'CREATE POLICY {policy_name(OWNER)} ON "{table}" FOR INSERT TO {OWNER} WITH CHECK (true)'
        for role, privileges in access.grants.items():
            yield f'GRANT {privileges} ON "{table}" TO {role}'
    yield temporary_tables()
    yield f"GRANT USAGE ON SCHEMA public TO {BASE}, portal_app"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {BASE}"
