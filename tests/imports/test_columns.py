"""Columns as a clerk settles them, remembered for the place and forgotten again."""

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.imports import actions
from apps.imports.models import Batch, ImportMapping
from apps.imports.queries import contents_of
from apps.retirees.models import Affiliation, Retiree
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in
from tests.imports.desk import HEADER, check, person, rows_of, says, staged, table, written

ODD = tuple("老家哪里" if name == "联系电话" else name for name in HEADER)


def columns_of(batch: Batch) -> dict[str, tuple[str | None, str]]:
    return {column["header"]: (column["field"], column["note"]) for column in batch.columns}


def body(batch: Batch, **fields: str) -> dict[str, str]:
    """The form as the page shows it, with other choices by header."""
    return {
        f"c{index}": fields.get(column["header"], column["field"] or "")
        for index, column in enumerate(batch.columns)
    }


def test_a_choice_is_read_at_once_and_remembered_for_the_county(city):
    content = table(person(联系电话="湖北麻城"), header=ODD)
    batch = staged(city, content)
    assert columns_of(batch)["老家哪里"][0] is None
    client, url = signed_in(city.clerk_a), reverse("imports:columns", args=[batch.pk])
    assert "不认识的列名" in client.get(url).content.decode()
    assert client.post(url, body(batch, 老家哪里="native_place")).status_code == 302
    with scope(city.actor(city.clerk_a)) as actor:
        batch.refresh_from_db()
        assert batch.state == "uploaded"
        check(batch, content, actor)
        assert columns_of(batch)["老家哪里"] == ("native_place", "由您指定")
        assert says(rows_of(batch)[0])["native_place"] == "湖北麻城"
    later = staged(city, content)
    assert columns_of(later)["老家哪里"] == ("native_place", "上次这样对应")
    elsewhere = staged(city, content, city.clerk_b, city.b)
    assert columns_of(elsewhere)["老家哪里"][0] is None

    with scope(city.actor(city.clerk_a)):
        mapping = ImportMapping.objects.get()
    forget = reverse("imports:forget", args=[later.pk, mapping.pk])
    assert signed_in(city.clerk_b).post(forget).status_code == 404
    assert client.post(forget).status_code == 302
    assert columns_of(staged(city, content))["老家哪里"][0] is None


def test_a_unit_clerk_has_his_own_memory(city):
    content = table(person(联系电话="湖北麻城"), header=ODD)
    batch = staged(city, content, city.unit_a1, city.a1)
    with scope(city.actor(city.unit_a1)) as actor:
        fields = [
            "native_place" if column["header"] == "老家哪里" else column["field"] for column in batch.columns
        ]
        actions.choose_columns(batch=batch, fields=fields, by=actor)
    assert columns_of(staged(city, content, city.unit_a1, city.a1))["老家哪里"][0] == "native_place"
    assert columns_of(staged(city, content))["老家哪里"][0] is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"老家哪里": "name"}, "请只留一列"), ({"老家哪里": "pk"}, "请重新选择"), (None, "没有收到")],
)
def test_a_wrong_choice_changes_nothing(city, wrong, why):
    batch = staged(city, table(person(), header=ODD))
    client, url = signed_in(city.clerk_a), reverse("imports:columns", args=[batch.pk])
    answer = client.post(url, body(batch, **wrong) if wrong else {})
    assert answer.status_code == 422
    assert why in answer.content.decode()
    with scope(city.actor(city.clerk_a)):
        batch.refresh_from_db()
        assert (batch.state, batch.chosen) == ("checked", [])
        assert not ImportMapping.objects.exists()
    assert signed_in(city.leader_a).get(url).status_code == 403
    assert signed_in(city.clerk_b).get(url).status_code == 404


def test_the_former_unit_is_told_from_the_managing_one(city):
    """Both columns stand: each is itself. 原工作单位 alone is the managing unit, said so on the page."""
    both = (*HEADER[:6], "管理单位", "联系电话", "原工作单位", "发放单位")
    known = make_person(city.clerk_a, city.a1, name="李大江", original_unit="县农机厂")
    who = ("男", "1934-07", "", "退休", "1955-02", city.a1.name, "")
    batch = staged(
        city,
        table(
            ("王建国", *who, "县第二农机厂", "=1+1"),
            ("李大江", *who, "县农机一厂", ""),
            header=both,
        ),
    )
    with scope(city.actor(city.clerk_a)):
        new, old = rows_of(batch)
        assert (new.verdict, old.verdict) == ("new", "update")
        assert contents_of(old)["after"] == {"原工作单位": "县农机一厂"}
    written(city, batch)
    with scope(city.actor(city.clerk_a)):
        person = Retiree.objects.get(name="王建国")
        named = dict(Affiliation.objects.filter(retiree=person).values_list("kind", "organisation_name"))
        assert (person.unit_id, named) == (city.a1.pk, {"original": "县第二农机厂", "paying": "=1+1"})
        assert Affiliation.objects.get(retiree=known, kind="original").organisation_name == "县农机一厂"

    alone = staged(
        city, table(("赵六", *who), header=[{"单位": "原工作单位"}.get(name, name) for name in HEADER])
    )
    with scope(city.actor(city.clerk_a)):
        assert [one["field"] for one in alone.columns if one["header"] == "原工作单位"] == ["unit"]
        assert rows_of(alone)[0].verdict == "new"
    page = signed_in(city.clerk_a).get(reverse("imports:detail", args=[alone.pk])).content.decode()
    assert "这一列当作管理单位导入" in page
