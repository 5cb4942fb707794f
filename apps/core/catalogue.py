"""Does the database really hold the walls that the models declare? Asked by the tests and by /readyz."""

from collections.abc import Iterator

import pgtrigger
from django.db import connection

from apps.core.access import BASE, OWNER, ROWS, TEMPORARY, declared, policy_name, read_policy_name
from apps.core.scope import DB_ROLES

_LOGIN = """
SELECT rolname, rolsuper, rolbypassrls, rolinherit,
       (SELECT count(*) FROM pg_class WHERE relowner = r.oid AND relnamespace = 'public'::regnamespace)
FROM pg_roles r WHERE rolname = session_user
"""
_TABLES = """
SELECT relname, relkind::text, relrowsecurity, relforcerowsecurity, coalesce(reloptions, '{}')
FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
"""
_COUNTY = """
SELECT c.relname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE c.relnamespace = 'public'::regnamespace AND a.attname = 'county_id' AND NOT a.attisdropped
AND c.relkind IN ('r', 'p')
"""
_POLICIES = """
SELECT tablename, policyname, roles::text[], permissive, cmd, qual, with_check FROM pg_policies
WHERE schemaname = 'public'
"""
_GRANTS = """
SELECT c.relname, coalesce(r.rolname, 'PUBLIC'), string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type)
FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND a.grantee <> c.relowner
GROUP BY 1, 2
"""
_COLUMN_GRANTS = """
SELECT DISTINCT c.relname, a.attname, coalesce(r.rolname, 'PUBLIC')
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid CROSS JOIN LATERAL aclexplode(a.attacl) x
LEFT JOIN pg_roles r ON r.oid = x.grantee
WHERE c.relnamespace = 'public'::regnamespace AND x.grantee <> c.relowner
"""
_MEMBERS = """
SELECT u.rolname, g.rolname FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member
JOIN pg_roles g ON g.oid = m.roleid
WHERE (u.rolname = session_user AND m.inherit_option) OR u.rolname LIKE 's\\_%'
"""
_TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled IN ('D', 'R'), obj_description(t.oid, 'pg_trigger')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace
"""
_DEFINERS = """
SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef
AND NOT coalesce(proconfig::text LIKE '%%search_path%%', false)
"""
_PLAIN_KEYS = """
SELECT c.conrelid::regclass::text, c.conname, c.confrelid::regclass::text FROM pg_constraint c
JOIN pg_attribute child ON child.attrelid = c.conrelid AND child.attname = 'county_id'
JOIN pg_attribute parent ON parent.attrelid = c.confrelid AND parent.attname = 'county_id'
WHERE c.contype = 'f' AND NOT child.attnum = ANY (c.conkey) AND NOT child.attisdropped
AND NOT EXISTS (SELECT 1 FROM pg_attribute person WHERE person.attrelid = c.conrelid
                AND person.attname = 'retiree_id' AND person.attnum = ANY (c.conkey))
"""
"""Keys into walled tables that name neither the county nor the person (apps/core/keys.py)."""

_TEMPORARY = """
SELECT rolname FROM pg_roles WHERE (rolname LIKE 's\\_%' OR rolname = session_user)
AND has_database_privilege(rolname, current_database(), 'TEMPORARY')
"""


def catalogue_faults() -> list[str]:
    """Return what is wrong, one line each, naming the object; an empty list is the good answer."""
    with connection.cursor() as cursor:

        def rows(sql: str) -> list[tuple]:
            cursor.execute(sql)
            return cursor.fetchall()

        return [
            *_login_faults(rows(_LOGIN)[0]),
            *_table_faults(rows(_TABLES), {name for (name,) in rows(_COUNTY)}),
            *_policy_faults(rows(_POLICIES)),
            *_grant_faults(rows(_GRANTS)),
            *(
                f"表 {table} 的列 {column} 单独授权给了 {role}"
                for table, column, role in rows(_COLUMN_GRANTS)
            ),
            *(f"{member} 继承了角色 {role} 的权限" for member, role in rows(_MEMBERS) if role != BASE),
            *_trigger_faults(rows(_TRIGGERS)),
            *(f"函数 {name} 以属主身份运行却没有固定 search_path" for (name,) in rows(_DEFINERS)),
            *_key_faults(rows(_PLAIN_KEYS)),
            *_temporary_faults({role for (role,) in rows(_TEMPORARY)}),
        ]


def _login_faults(login: tuple) -> Iterator[str]:
    name, is_super, bypasses, inherits, owned = login
    if is_super or bypasses:
        yield f"登录账号 {name} 能绕过行级策略"
    if inherits:
        yield f"登录账号 {name} 会继承角色权限（应为 NOINHERIT）"
    if owned:
        yield f"登录账号 {name} 拥有 {owned} 个表"


def _temporary_faults(roles: set[str]) -> Iterator[str]:
    for role in sorted(set(TEMPORARY) ^ roles):
        yield f"角色 {role} {'不能' if role in TEMPORARY else '多余地能够'}建临时表"


def _table_faults(tables: list[tuple], with_county: set[str]) -> Iterator[str]:
    known = declared()
    for name, kind, enabled, forced, options in tables:
        if kind in "vm":
            if kind == "m" or "security_invoker=true" not in options:
                yield f"视图 {name} 没有以调用者身份执行（security_invoker）"
            continue
        if name not in known:
            yield f"表 {name} 没有声明访问规则"
            continue
        access = known[name]
        if access is None:
            yield f"表 {name} 没有声明访问规则"
        elif access.walled != (name in with_county):
            yield f"表 {name} 含 county_id 却没有声明分县隔离（或反之）"
        elif access.walled and not (enabled and forced):
            yield f"表 {name} 没有强制行级策略"


def _key_faults(keys: list[tuple]) -> Iterator[str]:
    known = declared()
    for table, name, parent in keys:
        access = known.get(parent)
        if access is None or not access.read_by_all:  # what everybody may read, everybody may refer to
            yield f"外键 {table}.{name} 没有带上 county_id"


def _policy_faults(policies: list[tuple]) -> Iterator[str]:
    expected: dict[tuple[str, str], tuple] = {}
    for table, access in declared().items():
        if access is not None and access.walled:
            for role in access.owning:
                rule = ROWS[role]
                expected[table, policy_name(role)] = ([role], "PERMISSIVE", "ALL", rule, rule)
            for role in access.reading:
                expected[table, read_policy_name(role)] = ([role], "PERMISSIVE", "SELECT", "true", None)
            if access.cascades:
                expected[table, policy_name(OWNER)] = ([OWNER], "PERMISSIVE", "INSERT", None, "true")
    for table, name, *found in policies:
        declared_rule = expected.pop((table, name), None)
        if declared_rule is None:
            yield f"表 {table} 上有未声明的策略 {name}"
        elif tuple(found) != declared_rule:
            yield f"表 {table} 的策略 {name} 与声明不同"
    for table, name in expected:
        yield f"表 {table} 缺少策略 {name}"


def _grant_faults(grants: list[tuple]) -> Iterator[str]:
    known = declared()
    expected = {
        (table, role): privileges
        for table, access in known.items()
        if access is not None
        for role, privileges in access.grants.items()
    }
    for table, role, privileges in grants:
        if role not in (BASE, *DB_ROLES):
            yield f"表 {table} 授权给了 {role}"
        elif expected.pop((table, role), None) != privileges:
            yield f"表 {table} 给 {role} 的权限与声明不同：{privileges}"
    for table, role in expected:
        if table in known:
            yield f"表 {table} 缺少给 {role} 的授权"


def _trigger_faults(triggers: list[tuple]) -> Iterator[str]:
    """History and the append-only log are triggers: whoever switches one off switches the audit off."""
    expected = {
        (model._meta.db_table, trigger.get_pgid(model)): trigger.compile(model).hash
        for model, trigger in pgtrigger.registered()
    }
    for table, name, off, comment in triggers:
        wanted = expected.pop((table, name), comment)
        if off:
            yield f"表 {table} 的触发器 {name} 被停用"
        if comment != wanted:
            yield f"表 {table} 的触发器 {name} 不是本版本的（请由属主运行 manage.py setup_database）"
    for table, name in sorted(expected):
        yield f"表 {table} 缺少触发器 {name}"
