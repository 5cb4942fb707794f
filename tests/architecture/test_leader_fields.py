"""What a leader must not get: no private value, whole or masked, on any page, and none from the database itself."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from apps.accounts.models import User
from apps.core.access import declared
from apps.core.scope import scope
from apps.retirees.tables import PRIVATE_COLUMNS
from tests.architecture.browsers import Browsers, everything_in
from tests.architecture.pages import crawl, own_pages
from tests.architecture.world import PLACES, World, leader_canaries, mark
from tests.factories.city import actor_of

LEADERS = {"leader": "s_leader", "leader_a": "s_leader_county"}
CANARIES = [text for place in PLACES for text in leader_canaries(place)]
PERSONAL = (
    "retirees_retiree",
    "retirees_levelfact",
    "retirees_condition",
    "retirees_membership",
    "retirees_spell",
)


@pytest.mark.parametrize("role", LEADERS)
def test_no_page_of_a_leader_holds_a_private_value(role: str, world: World, browsers: Browsers) -> None:
    """Also when he asks for the private columns: by the form, and by preferences left from another role."""
    address = reverse("retirees:columns")
    wanted = {"columns": ["name", *PRIVATE_COLUMNS]}
    with transaction.atomic():
        browsers.probe(role, "POST", address, wanted, keep=True)
        kept = User.objects.get(pk=world.users[role].pk).preferences
        assert not set(PRIVATE_COLUMNS) & set(kept.get("retirees_columns", []))
        User.objects.filter(pk=world.users[role].pk).update(
            preferences={"retirees_columns": wanted["columns"]}
        )
        faults, pages = [], 0
        for visit in crawl(browsers, role, reverse("dashboards:home"), *own_pages(world, role)):
            pages += 1
            text = everything_in(visit.response)
            faults += [f"{visit.address}: {canary}" for canary in CANARIES if canary in text]
        transaction.set_rollback(True)
    assert faults == []
    assert pages > 20


def test_the_canaries_would_be_found(world: World, browsers: Browsers) -> None:
    """Staff do see masks, money and family, so the test above looks for the right thing."""
    seen = set()
    for tab in ("basic", "family", "history"):
        person = reverse("retirees:detail", args=[world.people["a1"].pk])
        text = everything_in(browsers.probe("clerk_a", "GET", f"{person}?tab={tab}"))
        seen |= {canary for canary in leader_canaries("a1") if canary in text}
    assert len(seen) >= 6, seen


def private_tables() -> list[str]:
    """Walled tables that say leaders=False."""
    return sorted(
        table
        for table, access in declared().items()
        if access is not None and access.walled and not set(LEADERS.values()) & set(access.grants)
    )


def test_the_private_tables_are_the_known_ones() -> None:
    assert {
        "imports_batch",
        "imports_importmapping",
        "imports_row",
        "retirees_attachment",
        "retirees_attachmenthistory",
        "retirees_familymember",
        "retirees_familymemberhistory",
        "retirees_privatedetails",
        "retirees_privatedetailshistory",
    } <= set(private_tables())


@pytest.mark.parametrize("role", LEADERS)
def test_the_database_refuses_a_leader_the_private_tables(role: str, world: World) -> None:
    for table in private_tables():
        for statement in (
            f'SELECT * FROM "{table}"',
            f'SELECT count(*) FROM "{table}"',
            f'DELETE FROM "{table}"',
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                scope(actor_of(world.users[role])),
            ):
                connection.cursor().execute(statement)


@pytest.mark.parametrize("role", LEADERS)
def test_the_database_lets_a_leader_write_nothing(role: str, world: World) -> None:
    for model in apps.get_models():
        table = model._meta.db_table
        access = declared().get(table)
        if access is None or not access.walled:
            continue
        for statement in (f'DELETE FROM "{table}"', f'UPDATE "{table}" SET county_id = county_id'):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                scope(actor_of(world.users[role])),
            ):
                connection.cursor().execute(statement)


@pytest.mark.parametrize("table", PERSONAL)
def test_the_database_shows_a_county_leader_his_county_only(table: str, world: World) -> None:
    with scope(actor_of(world.users["leader_a"])), connection.cursor() as cursor:
        cursor.execute(f'SELECT DISTINCT county_id FROM "{table}"')
        assert cursor.fetchall() == [(world.city.a.pk,)]
        cursor.execute(f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%%{mark('b')}%%'")
        assert cursor.fetchone() == (0,)
