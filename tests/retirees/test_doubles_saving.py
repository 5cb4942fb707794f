"""Asked while saving: is this somebody who is registered already."""

import pytest
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import record_death
from apps.retirees.models import PossibleDouble, PrivateDetails
from apps.retirees.models.private import phone_index
from tests.factories.city import SEEN, actor_of, make_person
from tests.retirees.test_person_forms import CREATE, fields_of, typed

pytestmark = pytest.mark.django_db

ASKED = "可能是同一个人，请对照"


def pairs(user):
    with scope(actor_of(user)):
        return list(PossibleDouble.objects.values_list("first_id", "second_id", "state", "decided_by_name"))


@pytest.mark.parametrize(
    ("stored", "sent", "words"),
    [
        ({"birth_date": PartialDate(1948, 7, 3)}, {}, "出生年月相同"),
        ({"birth_date": None}, {}, "出生时间有一方没填全"),
        ({"name": "田玉蘭", "birth_date": PartialDate(1948, 7)}, {}, "只是写法不同"),
        ({"name": "田玉澜", "birth_date": PartialDate(1948, 7)}, {}, "姓名同音"),
        (
            {"name": "田翠花", "former_name": "田玉兰", "birth_date": PartialDate(1948, 7)},
            {},
            "曾用名是另一方的姓名",
        ),
        (
            {"birth_date": PartialDate(1947, 1), "phone": "13912251394（本人）"},
            {"phone": "139 1225 1394"},
            "联系电话相同",
        ),
    ],
)
def test_likely_doubles_are_set_beside_what_was_typed(city, sign_in, stored, sent, words):
    other = make_person(city.clerk_a, city.a1, **({"name": "田玉兰", "sex": "2"} | stored))
    page = sign_in(city.clerk_a).post(CREATE, typed(city, **sent))
    assert page.status_code == 422
    assert ASKED in page.text
    assert words in page.text
    assert reverse("retirees:detail", args=[other.pk]) in page.text
    assert "13912251394（本人）" not in page.text
    answer = sign_in(city.clerk_a).post(CREATE, fields_of(page))
    assert answer.status_code == 302
    new = int(answer.url.strip("/").split("/")[-1])
    assert pairs(city.clerk_a) == [(other.pk, new, "not_double", "试clerk_a")]


@pytest.mark.parametrize(
    "stored",
    [
        {"birth_date": PartialDate(1948, 8)},
        {"name": "田玉莲", "birth_date": PartialDate(1948, 7)},
    ],
)
def test_others_are_not_asked_about(city, sign_in, stored):
    make_person(city.clerk_a, city.a2, **({"name": "田玉兰", "sex": "2"} | stored))
    assert sign_in(city.clerk_a).post(CREATE, typed(city)).status_code == 302


def test_people_out_of_sight_are_not_hinted_at(city, sign_in):
    make_person(city.clerk_b, city.b1, name="田玉兰", birth_date=PartialDate(1948, 7))
    assert sign_in(city.clerk_a).post(CREATE, typed(city)).status_code == 302
    make_person(city.clerk_a, city.a2, name="田玉春", birth_date=PartialDate(1948, 7))
    answer = sign_in(city.unit_a1).post(CREATE, typed(city, name="田玉春", unit=city.a1.pk))
    assert answer.status_code == 302


def test_the_dead_are_asked_about_too(city, sign_in):
    person = make_person(city.clerk_a, city.a1, name="田玉兰", birth_date=PartialDate(1948, 7))
    with scope(actor_of(city.clerk_a)) as actor:
        record_death(retiree=person, died_on=PartialDate(2026, 1), reported_on=SEEN, by=actor)
    page = sign_in(city.clerk_a).post(CREATE, typed(city))
    assert ASKED in page.text
    assert "去世" in page.text


def test_editing_asks_about_new_likenesses_only_and_remembers(city, sign_in):
    one = make_person(city.clerk_a, city.a1, name="田玉兰", birth_date=PartialDate(1948, 7))
    two = make_person(city.clerk_a, city.a1, name="田春花", birth_date=PartialDate(1948, 7))
    client, address = sign_in(city.clerk_a), reverse("retirees:edit", args=[two.pk])
    sent = fields_of(client.get(address)) | {"name": "田玉兰"}
    page = client.post(address, sent)
    assert page.status_code == 422
    assert ASKED in page.text
    assert client.post(address, fields_of(page)).status_code == 302
    assert pairs(city.clerk_a) == [(one.pk, two.pk, "not_double", "试clerk_a")]
    again = fields_of(client.get(address)) | {"birth_date": "1948年7月3日"}
    assert client.post(address, again).status_code == 302


def test_the_telephone_key_follows_the_telephone(city, sign_in):
    person = make_person(city.clerk_a, city.a1, phone="13912251394")
    client, address = sign_in(city.clerk_a), reverse("retirees:edit", args=[person.pk])

    def stored():
        with scope(actor_of(city.clerk_a)):
            value = PrivateDetails.objects.get(pk=person.pk).phone_index
            return None if value is None else bytes(value)

    assert stored() == phone_index("13912251394")
    client.post(address, fields_of(client.get(address)) | {"phone": "13877771234"})
    assert stored() == phone_index("13877771234")
    client.post(address, fields_of(client.get(address)) | {"clear_phone": "on"})
    assert stored() is None


def test_a_pair_that_stands_in_another_place_by_now_does_not_break_the_saving(city, sign_in):
    one = make_person(city.clerk_a, city.a1, name="田玉兰", birth_date=PartialDate(1948, 7))
    two = make_person(city.clerk_a, city.a1, name="田春花", birth_date=PartialDate(1948, 7))
    with scope(actor_of(city.city_clerk)):
        PossibleDouble.objects.create(first_id=one.pk, second_id=two.pk, weight=60, reasons=["same_name"])
    client, address = sign_in(city.unit_a1), reverse("retirees:edit", args=[two.pk])
    page = client.post(address, fields_of(client.get(address)) | {"name": "田玉兰"})
    assert ASKED in page.text
    assert client.post(address, fields_of(page)).status_code == 302
