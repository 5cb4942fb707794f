"""The catalogue gate: whatever opens a wall is named, by ``catalogue_faults`` and by the state of /readyz."""

import contextlib
import os
from collections.abc import Iterator

import pytest
import pytest_django
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client
from psycopg.conninfo import conninfo_to_dict

from apps.core.catalogue import catalogue_faults
from cadre_portal import health
from tests.servers import ADMIN

COUNTY = "NULLIF(current_setting('app.county', true), '')::integer"
MUTATIONS = {
    "policies not forced on the owner": (
        "ALTER TABLE retirees_retiree NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE retirees_retiree FORCE ROW LEVEL SECURITY",
        "表 retirees_retiree 没有强制行级策略",
    ),
    "policies switched off": (
        "ALTER TABLE retirees_privatedetails DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE retirees_privatedetails ENABLE ROW LEVEL SECURITY",
        "表 retirees_privatedetails 没有强制行级策略",
    ),
    "one more policy, with OR": (
        f"CREATE POLICY wide ON retirees_retiree TO s_county USING (county_id = {COUNTY} OR true)",
        "DROP POLICY wide ON retirees_retiree",
        "表 retirees_retiree 上有未声明的策略 wide",
    ),
    "a policy widened": (
        "ALTER POLICY portal_s_county ON audit_event USING (true)",
        f"ALTER POLICY portal_s_county ON audit_event USING (county_id = {COUNTY})",
        "表 audit_event 的策略 portal_s_county 与声明不同",
    ),
    "a policy gone": (
        "DROP POLICY portal_s_city ON audit_event",
        "CREATE POLICY portal_s_city ON audit_event TO s_city USING (true) WITH CHECK (true)",
        "表 audit_event 缺少策略 portal_s_city",
    ),
    "a view with its owner's eyes": (
        "CREATE VIEW everyone AS SELECT * FROM retirees_retiree",
        "DROP VIEW everyone",
        "视图 everyone 没有以调用者身份执行",
    ),
    "a new table with people, without a wall": (
        "CREATE TABLE scratch (county_id integer)",
        "DROP TABLE scratch",
        "表 scratch 没有声明访问规则",
    ),
    "everybody may read": (
        "GRANT SELECT ON retirees_retiree TO PUBLIC",
        "REVOKE SELECT ON retirees_retiree FROM PUBLIC",
        "表 retirees_retiree 授权给了 PUBLIC",
    ),
    "the login may read without a scope": (
        "GRANT SELECT ON retirees_retiree TO portal_app",
        "REVOKE SELECT ON retirees_retiree FROM portal_app",
        "表 retirees_retiree 授权给了 portal_app",
    ),
    "leaders read private values": (
        "GRANT SELECT ON retirees_privatedetails TO s_leader",
        "REVOKE SELECT ON retirees_privatedetails FROM s_leader",
        "表 retirees_privatedetails 给 s_leader 的权限与声明不同：SELECT",
    ),
    "leaders read one private column": (
        "GRANT SELECT (national_id) ON retirees_privatedetails TO s_leader",
        "REVOKE SELECT (national_id) ON retirees_privatedetails FROM s_leader",
        "表 retirees_privatedetails 的列 national_id 单独授权给了 s_leader",
    ),
    "a grant gone": (
        "REVOKE SELECT ON jobs_job FROM portal_base",
        "GRANT SELECT ON jobs_job TO portal_base",
        "表 jobs_job 给 portal_base 的权限与声明不同：INSERT, UPDATE",
    ),
    "a function with its owner's rights": (
        "CREATE FUNCTION loose() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "DROP FUNCTION loose()",
        "函数 loose 以属主身份运行却没有固定 search_path",
    ),
    "history switched off": (
        "ALTER TABLE audit_event DISABLE TRIGGER USER",
        "ALTER TABLE audit_event ENABLE TRIGGER USER",
        "表 audit_event 的触发器 pgtrigger_append_only_",
    ),
    "a key that looks past the wall": (
        "ALTER TABLE audit_event ADD CONSTRAINT loose FOREIGN KEY (actor_id) REFERENCES retirees_retiree NOT VALID",
        "ALTER TABLE audit_event DROP CONSTRAINT loose",
        "外键 audit_event.loose 没有带上 county_id",
    ),
}
BY_ADMIN = {
    "the login inherits a role": (
        "GRANT s_city TO portal_app WITH INHERIT TRUE",
        "portal_app 继承了角色 s_city 的权限",
    ),
    "a county is a member of the city": ("GRANT s_city TO s_county", "s_county 继承了角色 s_city 的权限"),
    "the login inherits by itself": ("ALTER ROLE portal_app INHERIT", "登录账号 portal_app 会继承角色权限"),
    "the login passes all policies": (
        "ALTER ROLE portal_app BYPASSRLS",
        "登录账号 portal_app 能绕过行级策略",
    ),
    "the login may do anything": ("ALTER ROLE portal_app SUPERUSER", "登录账号 portal_app 能绕过行级策略"),
}


def run(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)


@contextlib.contextmanager
def signed_in_as(user: str, password: str) -> Iterator[None]:
    """The portal with another login."""
    before = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD")}
    connection.close()
    connection.settings_dict.update({"USER": user, "PASSWORD": password})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


def readiness() -> tuple[int, str]:
    """Status of /readyz and what it says about the walls."""
    health.forget()
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()["checks"]["walls"]


@pytest.fixture
def _gate_is_closed(
    django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker
) -> Iterator[None]:
    """Real commits, but of definitions only: no table has to be emptied afterwards."""
    with django_db_blocker.unblock():
        assert catalogue_faults() == []
        yield
        assert catalogue_faults() == [], "the mutation was not taken back"
        health.forget()
        connections.close_all()


@pytest.mark.usefixtures("_gate_is_closed")
@pytest.mark.parametrize("name", MUTATIONS)
def test_each_mutation_is_named(name):
    mutation, cure, fault = MUTATIONS[name]
    run(mutation)
    try:
        found = catalogue_faults()
        ready = readiness()
    finally:
        run(cure)
    assert any(fault in line for line in found), found
    assert ready == (503, "failing")
    assert readiness()[1] == "ok"


@pytest.mark.usefixtures("_gate_is_closed")
def test_a_trigger_that_is_gone_is_named():
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tgname, pg_get_triggerdef(oid), obj_description(oid, 'pg_trigger') FROM pg_trigger"
            " WHERE tgrelid = 'retirees_retiree'::regclass AND tgname LIKE 'pgtrigger_insert%'"
        )
        name, definition, comment = cursor.fetchone()
    run(f"DROP TRIGGER {name} ON retirees_retiree")
    try:
        assert f"表 retirees_retiree 缺少触发器 {name}" in catalogue_faults()
    finally:
        run(definition)
        run(f"COMMENT ON TRIGGER {name} ON retirees_retiree IS '{comment}'")


@pytest.mark.usefixtures("_gate_is_closed")
def test_a_trigger_of_another_version_is_named_and_set_up_anew():
    """Triggers are declared on the models; after an upgrade ``setup_database`` brings them to its version."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger"
            " WHERE tgrelid = 'retirees_retiree'::regclass AND tgname LIKE 'pgtrigger_update%'"
        )
        (name,) = cursor.fetchone()
    run(f"COMMENT ON TRIGGER {name} ON retirees_retiree IS 'of an older version'")
    try:
        assert any(f"触发器 {name} 不是本版本的" in line for line in catalogue_faults())
    finally:
        call_command("setup_database", verbosity=0)
    assert catalogue_faults() == []


@pytest.mark.usefixtures("_gate_is_closed")
@pytest.mark.parametrize("name", BY_ADMIN)
def test_rights_of_the_login_itself_are_watched(name):
    """Roles belong to the whole server, so the change is never committed: other workers are testing there."""
    mutation, fault = BY_ADMIN[name]
    admin = conninfo_to_dict(os.environ[ADMIN])
    with signed_in_as(admin["user"], admin["password"]), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(mutation)
            cursor.execute("SET LOCAL SESSION AUTHORIZATION portal_app")
        found = catalogue_faults()
        transaction.set_rollback(True)
    assert any(fault in line for line in found), found


@pytest.mark.usefixtures("_gate_is_closed")
def test_working_as_the_owner_is_named():
    owner = connections["owner"].settings_dict
    with signed_in_as(owner["USER"], owner["PASSWORD"]):
        found = catalogue_faults()
        assert readiness() == (503, "failing")
    assert any("登录账号 portal_owner 拥有" in line for line in found), found
