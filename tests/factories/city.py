"""Making units, users and people for tests."""

from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

from django.contrib.auth.hashers import make_password
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
SECURITY = Actor(user_id=0, name="测试", role=Role.SECURITY_ADMIN, db_role="s_security")


def make_city() -> SimpleNamespace:
    """Units, users and grants, written as the city's system administrator would."""
    with scope(Actor(user_id=0, name="测试", role=Role.CITY_CLERK, db_role="s_city")):
        city = SimpleNamespace()
        city.root = Unit.objects.create(code="yunxi", name="云溪市", level="city", kind="city")
        places = (("a", "nanling", "南岭县"), ("b", "shiqiao", "石桥县"))
        units = []
        for (key, code, name), county_key in zip(places, next_keys(len(places)), strict=True):
            county = Unit(code=code, name=name, level="county", kind="county", parent=city.root, sort=1)
            county.pk = county.area_id = county_key  # an area lies in itself, so its key is known beforehand
            setattr(city, key, county)
            units.append(county)
            for number, label in ((1, "财政局"), (2, "水利局")):
                unit = Unit(
                    code=f"{code}-{number}",
                    name=f"{name[:2]}{label}",
                    level="unit",
                    kind="organ",
                    parent=county,
                    area=county,
                    sort=number,
                )
                setattr(city, f"{key}{number}", unit)
                units.append(unit)
        Unit.objects.bulk_create(units)
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
    users = User.objects.bulk_create(
        User(username=username, password=_hashed(), full_name=f"试{username}") for username, _, _ in roles
    )
    city.users = {user.username: user for user in users}
    vars(city).update(city.users)
    with scope(SECURITY):
        Grant.objects.bulk_create(_grant(city.users[name], role, unit) for name, role, unit in roles)
    city.actor = actor_of
    return city


@cache
def _hashed() -> str:
    return make_password(PASSWORD)


def next_keys(number: int) -> list[int]:
    """The keys that the next units would get."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('units_unit', 'id')) FROM generate_series(1, %s)", [number]
        )
        return [key for (key,) in cursor.fetchall()]


def grant(user: User, role: str, unit: Unit) -> Grant:
    """Give a role, as the security administrator does."""
    made = _grant(user, role, unit)
    with scope(SECURITY):
        made.save()
    return made


def _grant(user: User, role: str, unit: Unit) -> Grant:
    return Grant(user=user, role=role, unit=unit, starts_on=date(2020, 1, 1))


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
