"""Names by their beginnings, and given names where no name begins so; for a county out of an index."""

import re

import pytest
from django.db import connection

from apps.core import pinyin
from apps.core.scope import scope
from apps.retirees.models import Retiree
from apps.retirees.queries.search import search_names
from tests.factories.city import actor_of, make_person

NAMES = ("张建国", "欧阳建国", "建军", "买买提·阿不都拉", "单志远", "李单")


@pytest.fixture
def people(city):
    for name in NAMES:
        make_person(city.clerk_a, city.a1, name=name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("建国", {"张建国", "欧阳建国"}),  # nobody's name begins so
        ("建", {"建军"}),  # one character is always a beginning
        ("jianguo", {"张建国", "欧阳建国"}),
        ("jg", {"张建国", "欧阳建国"}),
        ("欧阳", {"欧阳建国"}),
        ("阿不都", {"买买提·阿不都拉"}),
        ("shanzhi", {"单志远"}),  # a surname has its own reading
        ("没有此人", set()),
        ("meiyou", set()),
    ],
)
@pytest.mark.usefixtures("people")
def test_who_is_found(city, text, expected):
    with scope(actor_of(city.clerk_a)) as actor:
        found = search_names(Retiree.objects.visible_to(actor), text)
        assert {person.name for person in found} == expected


@pytest.mark.parametrize("text", ["建国", "jianguo", "jg", "没有此人"])
@pytest.mark.usefixtures("people")
def test_names_are_asked_so_that_an_index_answers_behind_the_wall(city, text):
    """An operator that is not leakproof would be asked of every person the county has."""
    with scope(actor_of(city.clerk_a)) as actor, connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.proleakproof FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode"
            " WHERE o.oprname = '^@' AND o.oprleft = 'text'::regtype"
        )
        assert cursor.fetchall() == [(True,)]
        asked = str(search_names(Retiree.objects.visible_to(actor), text).query).split("WHERE")[1]
    assert "^@" in asked
    assert not re.search(r"LIKE|@>|~|UPPER|strpos", asked), asked


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("张建国", ("建国", "jianguo", "jg")),
        ("欧阳建国", ("建国", "jianguo", "jg")),
        ("买买提·阿不都拉", ("阿不都拉", "abudoula", "abdl")),
        ("李单", ("单", "dan", "d")),
        ("王", ("", "", "")),
        ("", ("", "", "")),
    ],
)
def test_the_name_without_its_surname(name, given):
    assert pinyin.given(name) == given
