"""Groups of users: kept by the city bureau, for sharing views and nothing else."""

from typing import Any

import pytest
from django.urls import reverse

from apps.accounts.models import UserGroup
from apps.core.scope import scope
from tests.factories.city import actor_of
from tests.factories.signed_in import signed_in

CREATE = reverse("accounts:group-create")


def names(city: Any) -> list[str]:
    with scope(actor_of(city.city_clerk)):
        return list(UserGroup.objects.values_list("name", flat=True))


def test_a_group_is_made_changed_and_deleted(city: Any) -> None:
    client = signed_in(city.city_clerk)
    made = client.post(CREATE, {"name": "健康专班", "members": [city.clerk_a.pk, city.unit_b1.pk]})
    assert made.status_code == 302
    with scope(actor_of(city.city_clerk)):
        group = UserGroup.objects.get()
    page = client.get(reverse("accounts:groups")).content.decode()
    assert "健康专班" in page
    assert city.clerk_a.full_name in page
    address = reverse("accounts:group-edit", args=[group.pk])
    client.post(address, {"name": "健康组", "members": [city.clerk_b.pk]})
    with scope(actor_of(city.city_clerk)):
        assert list(group.members.values_list("pk", flat=True)) == [city.clerk_b.pk]
    client.post(reverse("accounts:group-delete", args=[group.pk]))
    assert names(city) == []


def test_only_the_city_keeps_groups(city: Any) -> None:
    for username in ("clerk_a", "unit_a1", "leader", "system_admin"):
        client = signed_in(city.users[username])
        assert client.post(CREATE, {"name": "组", "members": [city.clerk_a.pk]}).status_code == 403
    assert names(city) == []


@pytest.mark.parametrize(
    "values",
    [
        {"name": "", "members": ["own"]},
        {"name": "组", "members": []},
        {"name": "长" * 10_000, "members": ["own"]},
        {"name": "组", "members": ["999999"]},
        {"name": "组", "members": ["abc"]},
        {"name": "a\x00b", "members": ["own"]},
    ],
)
def test_what_cannot_be_kept_is_refused(city: Any, values: dict[str, Any]) -> None:
    members = [city.clerk_a.pk if key == "own" else key for key in values["members"]]
    answer = signed_in(city.city_clerk).post(CREATE, values | {"members": members})
    assert answer.status_code == 422
    assert names(city) == []


def test_one_name_is_one_group(city: Any) -> None:
    client = signed_in(city.city_clerk)
    for status in (302, 422):
        answer = client.post(CREATE, {"name": "组", "members": [city.clerk_a.pk]})
        assert answer.status_code == status
    assert names(city) == ["组"]
