"""The nightly search: pairs are found, kept, dropped and decided."""

import pytest
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.retirees.actions import edit_retiree
from apps.retirees.actions.doubles import decide_different
from apps.retirees.actions.search_doubles import (
    counties_to_search,
    fill_phone_keys,
    finish_search,
    search_county,
)
from apps.retirees.models import PossibleDouble, PrivateDetails, PrivateDetailsHistory
from apps.retirees.tasks import ask_for_doubles
from tests.factories.city import SEEN, actor_of, make_person

pytestmark = pytest.mark.django_db
BORN = PartialDate(1934, 7)


def search():
    """All counties; the pairs as {(first, second): (state, county, unit)}."""
    with scope(system_actor()):
        before = list(PossibleDouble.objects.values_list("pk", flat=True))
        began = timezone.now()
        for county in counties_to_search():
            search_county(county)
        finish_search(since=began)
        assert set(PossibleDouble.objects.filter(pk__in=before).values_list("pk", flat=True)) <= set(before)
        return {
            (row.first_id, row.second_id): (row.state, row.county_id, row.unit_id)
            for row in PossibleDouble.objects.all()
        }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {}),
        ({"name": "鄧忠永"}, {}),
        ({"name": "邓 忠永"}, {"birth_date": PartialDate(1934, 7, 3)}),
        ({"birth_date": None}, {}),
        ({"birth_date": PartialDate(1934)}, {"birth_date": PartialDate(1934, 9)}),
        ({"name": "邓忠勇"}, {}),
        ({"name": "邓大山", "former_name": "邓忠永"}, {}),
        ({"birth_date": PartialDate(1930, 1), "phone": "13912251394"}, {"phone": "139 1225 1394（女儿）"}),
    ],
)
def test_pairs_of_one_unit(city, one, other):
    people = [
        make_person(city.clerk_a, city.a1, **({"birth_date": BORN} | values)).pk for values in (one, other)
    ]
    assert search() == {tuple(sorted(people)): ("open", city.a.pk, city.a1.pk)}
    assert search() == {tuple(sorted(people)): ("open", city.a.pk, city.a1.pk)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"birth_date": BORN}, {"birth_date": PartialDate(1934, 8)}),
        ({"name": "邓忠勇"}, {"name": "王立新"}),
        ({"national_id": "420106192407026490"}, {"national_id": "420106193407026491", "unit": "a2"}),
    ],
)
def test_no_pairs(city, one, other):
    for values in (one, other):
        unit = getattr(city, values.pop("unit", "a1"))
        make_person(city.clerk_a, unit, **values)
    assert search() == {}


def test_pairs_of_two_units_and_of_two_counties(city):
    one = make_person(city.clerk_a, city.a1)
    two = make_person(city.clerk_a, city.a2)
    three = make_person(city.clerk_b, city.b1, name="鄧忠永")
    former = make_person(city.clerk_b, city.b2, name="石大川", former_name="邓忠永")
    found = search()
    assert found.pop((one.pk, two.pk)) == ("open", city.a.pk, None)
    assert set(found) == {
        (one.pk, three.pk), (two.pk, three.pk),
        (one.pk, former.pk), (two.pk, former.pk), (three.pk, former.pk),
    }  # fmt: skip
    assert found.pop((three.pk, former.pk)) == ("open", city.b.pk, None)
    assert set(found.values()) == {("open", None, None)}
    with scope(actor_of(city.clerk_a)):
        assert PossibleDouble.objects.count() == 1
    with scope(actor_of(city.unit_a1)):
        assert PossibleDouble.objects.count() == 0


def test_a_decided_pair_stays_decided_and_a_mended_one_leaves_the_list(city):
    people = [make_person(city.clerk_a, city.a1) for _ in range(2)]
    third = make_person(city.clerk_a, city.a1, name="王立新")
    fourth = make_person(city.clerk_a, city.a1, name="王立新")
    search()
    with scope(actor_of(city.clerk_a)) as actor:
        pair = PossibleDouble.objects.get(first_id=people[0].pk)
        decide_different(pair=pair, why="两个人，住址不同", by=actor)
        edit_retiree(
            retiree=fourth,
            values={"birth_date": PartialDate(1930, 2)},
            version=fourth.version,
            seen_on=SEEN,
            by=actor,
        )
    assert third.pk < fourth.pk
    assert search() == {(people[0].pk, people[1].pk): ("not_double", city.a.pk, city.a1.pk)}


def test_telephones_kept_before_are_given_their_key(city):
    people = [make_person(city.clerk_a, city.a1, phone="13912251394", birth_date=None) for _ in range(2)]
    with scope(system_actor()):
        PrivateDetails.objects.update(phone_index=None)
        told = PrivateDetailsHistory.objects.count()
        assert fill_phone_keys(batch=1) == 2
        assert PrivateDetailsHistory.objects.count() == told
        assert fill_phone_keys() == 0
        keys = PrivateDetails.objects.filter(pk__in=[one.pk for one in people])
        assert len({bytes(key) for key in keys.values_list("phone_index", flat=True)}) == 1


def test_the_nightly_job_counts_what_it_found(city):
    for _ in range(2):
        make_person(city.clerk_a, city.a1)
    ask_for_doubles()
    ask_for_doubles()
    job = Job.objects.get(kind="retirees.doubles")
    do_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["summary"]) == ("done", "名册里有1对疑似重复，等待核实")
