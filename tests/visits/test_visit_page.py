"""The page of a visit tells whoever may change it who changed what."""

from django.urls import reverse
from django.utils import timezone

from apps.core.scope import scope
from apps.visits.models import Occasion, Visit
from tests.factories.city import actor_of, make_person


def test_changes_are_told_to_whoever_may_change_it(city, sign_in):
    person = make_person(city.clerk_a, city.a1, name="周一平")
    with scope(actor_of(city.clerk_a)):
        visit = Visit.objects.create(
            **person.row_keys(),
            occasion=Occasion.objects.get(code="routine"),
            visited_on=timezone.localdate(),
            way="home",
            recorded_by=city.clerk_a.pk,
            recorded_by_name="试clerk_a",
        )
    page = reverse("visits:visit", args=[visit.pk])
    assert "变更记录" not in sign_in(city.clerk_a).get(page).text, "nothing was changed yet"
    with scope(actor_of(city.chief_a)):
        visit.way, visit.summary = "phone", "精神好"
        visit.save()
    text = sign_in(city.clerk_a).get(page).text
    assert "修改：方式、走访情况" in text
    assert "试chief_a" in text
    assert "变更记录" not in sign_in(city.leader_a).get(page).text
    assert sign_in(city.clerk_b).get(page).status_code == 404
