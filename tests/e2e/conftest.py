"""The portal as its users meet it: a web server, a database with a small city in it, and a browser.

The browser is started last and closed first: while Playwright runs, this process must not touch the database.
"""

import os
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from apps.core.partial_date import PartialDate
from tests.e2e.desk import Desk
from tests.factories.city import make_city, make_person
from tests.processes import PortalProcesses

OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
NAMES = {
    "city_clerk": "沈立群",
    "city_chief": "顾维民",
    "clerk_a": "田小禾",
    "leader": "秦守义",
    "leader_a": "贺长河",
}


@pytest.fixture
def city(committed: None) -> SimpleNamespace:
    """The small city and six people, one of them a 离休 whose period wants a ruling."""
    made = make_city()
    for username, name in NAMES.items():
        user = made.users[username]
        user.full_name = name
        user.save(update_fields=["full_name"])
    by = made.city_clerk
    made.people = {
        person.name: person
        for person in (
            make_person(by, made.a1),
            make_person(by, made.a1, name="梁素芬", sex="2", birth_date=PartialDate(1941, 3, 9)),
            make_person(by, made.a2, name="鲁正新", birth_date=PartialDate(1952)),
            make_person(by, made.b1, name="蒋玉兰", sex="2", birth_date=PartialDate(1938, 11)),
            make_person(by, made.b2, name="石友田", birth_date=PartialDate(1949, 5, 20)),
            make_person(
                by,
                made.a1,
                name="韩守业",
                birth_date=PartialDate(1920, 2),
                category="lixiu",
                joined_on=PartialDate(1937, 7),
                work_started_on=PartialDate(1937, 7),
                retired_on=PartialDate(1983, 10),
            ),
        )
    }
    return made


@pytest.fixture
def address(city: SimpleNamespace, portal_processes: PortalProcesses) -> str:
    """Where the portal answers."""
    return portal_processes.web()


@pytest.fixture
def desk(address: str) -> Iterator[Desk]:
    """A browser window; whatever was wrong with a page on the way fails the test at its end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium: Any = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=OPTIONS)
        window = Desk(chromium, address, os.environ.get("PORTAL_SHOTS", ""))
        yield window
        chromium.close()
    if window.faults:
        pytest.fail("\n".join(window.faults))
