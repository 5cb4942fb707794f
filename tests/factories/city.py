"""Making units, users and people for tests."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.db import connection

from apps.accounts.choices import Role
from apps.accounts.models import Grant, User
from apps.core.partial_date import PartialDate
from apps.core.scope import Actor, scope
from apps.retirees.actions import Entry, register_retiree
from apps.retirees.models import Retiree
from apps.units.models import Unit

PASSWORD = "correct-horse-battery"
SEEN = date(2026, 3, 1)


def make_city() -> SimpleNamespace:
    """Units, users and grants, written as the city's system administrator would."""
    with scope(Actor(user_id=0, name="测试", role=Role.CITY_CLERK, db_role="s_city")):
        city = SimpleNamespace()
        city.root = Unit.objects.create(code="yunxi", name="云溪市", level="city", kind="city")
        for key, code, name in (("a", "nanling", "南岭县"), ("b", "shiqiao", "石桥县")):
            county = Unit(code=code, name=name, level="county", kind="county", parent=city.root, sort=1)
            county.pk = next_key()  # an area lies in itself, so its key is known beforehand
            county.area_id = county.pk
            county.save(force_insert=True)
            setattr(city, key, county)
            for number, label in ((1, "财政局"), (2, "水利局")):
                unit = Unit.objects.create(
                    code=f"{code}-{number}",
                    name=f"{name[:2]}{label}",
                    level="unit",
                    kind="organ",
                    parent=county,
                    area=county,
                    sort=number,
                )
                setattr(city, f"{key}{number}", unit)
    roles = (
        ("city_clerk", Role.CITY_CLERK, city.root),
        ("city_chief", Role.CITY_CHIEF, city.root),
        ("clerk_a", Role.COUNTY_CLERK, city.a),
        ("chief_a", Role.COUNTY_CHIEF, city.a),
        ("clerk_b", Role.COUNTY_CLERK, city.b),
        ("unit_a1", Role.UNIT_CLERK, city.a1),
        ("unit_b1", Role.UNIT_CLERK, city.b1),
        ("leader", Role.LEADER, city.root),
        ("leader_a", Role.LEADER, city.a),
        ("system_admin", Role.SYSTEM_ADMIN, city.root),
        ("security_admin", Role.SECURITY_ADMIN, city.root),
        ("audit_admin", Role.AUDIT_ADMIN, city.root),
    )
    city.users = {}
    for username, role, unit in roles:
        user = User.objects.create_user(username, PASSWORD, full_name=f"试{username}")
        city.users[username] = user
        setattr(city, username, user)
        grant(user, role, unit)
    city.actor = actor_of
    return city


def next_key() -> int:
    """The key that the next unit would get."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('units_unit', 'id'))")
        return int(cursor.fetchone()[0])


def grant(user: User, role: str, unit: Unit) -> Grant:
    """Give a role, as the security administrator does."""
    with scope(Actor(user_id=0, name="测试", role=Role.SECURITY_ADMIN, db_role="s_security")):
        return Grant.objects.create(user=user, role=role, unit=unit, starts_on=date(2020, 1, 1))


def actor_of(user: User) -> Actor:
    """The user at work under the only grant."""
    return Grant.objects.select_related("user", "unit").get(user=user).actor()


VALUES: dict[str, Any] = {
    "name": "邓忠永",
    "sex": "1",
    "nation": "01",
    "birth_date": PartialDate(1934, 7),
    "category": "tuixiu",
    "work_started_on": PartialDate(1955, 2),
    "retired_on": PartialDate(1994, 8),
    "treatment": "131",
    "treatment_on": PartialDate(1994, 8),
}


def make_person(by: User, unit: Unit, **values: Any) -> Retiree:
    """Register a person at ``unit`` through the ordinary action."""
    entry = Entry(county_id=unit.area_id, unit_id=unit.pk, values=VALUES | values)
    with scope(actor_of(by)) as actor:
        return register_retiree(entry=entry, seen_on=SEEN, by=actor)
