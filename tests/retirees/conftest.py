"""A browser that is signed in, and a person of whom everything is known."""

import time
from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.accounts.rules import SESSION
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import add_family_member
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person

PRIVATE = {
    "national_id": "420106192407026490",
    "phone": "13912251394",
    "address": "云溪市南岭县城关镇金丝雀路77号",
    "medical_card": "YB7719024401",
    "monthly_income": "8765.43",
    "basic_fee": "7654.32",
    "allowance": "1111.11",
}
"""Canaries: none of these may be in a page that a leader sees."""
FAMILY = {
    "relation": "child",
    "name": "邓金丝",
    "phone": "13877771234",
    "work": "金丝雀医院医生",
    "is_emergency": True,
}
CANARIES = (
    *PRIVATE.values(),
    "8,765.43",
    "7,654.32",
    "1,111.11",
    "4201**********6490",
    "139****1394",
    "138****1234",
    "邓金丝",
    "金丝雀",
)


@pytest.fixture
def sign_in() -> Callable[[User], Client]:
    """Gives a signed-in browser for a user."""

    def enter(user: User) -> Client:
        client = Client()
        client.force_login(user)
        session = client.session
        now = int(time.time())
        session.update({SESSION.EPOCH: user.session_epoch, SESSION.STARTED: now, SESSION.SEEN: now})
        session.save()
        return client

    return enter


@pytest.fixture
def known(city) -> Retiree:
    """邓忠永 of 南岭财政局, with private values, family and dated facts."""
    person = make_person(
        city.clerk_a,
        city.a1,
        category="lixiu",
        birth_date=PartialDate(1924, 7),
        joined_on=PartialDate(1948, 2),
        joined_basis="自传",
        retired_on=PartialDate(1988, 6),
        treatment="131",
        treatment_on=PartialDate(1993, 10),
        rank="132",
        political="01",
        joined_party_on=PartialDate(1949, 1),
        native_place="云溪南岭",
        education="60",
        post="县水利局工程师",
        health="3",
        self_care="helpless",
        living="children",
        original_unit="县水利局",
        paying_unit="县社保中心",
        **PRIVATE,
    )
    with scope(actor_of(city.clerk_a)) as actor:
        add_family_member(retiree=person, values=FAMILY, by=actor)
    return person
