"""Fields of the bureau's own on paper: in 一人一档 and in the office's form of the 干部信息表."""

from typing import Any

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.actions.info_form import replace_info_form
from apps.retirees.actions.papers import info_form_docx, person_sheet_pdf
from apps.retirees.models import CustomField
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in
from tests.retirees.test_person_paper import form_of, made, put, text_of, words_of


@pytest.fixture
def fields(city: Any) -> list[CustomField]:
    given = (
        {"label": "老战友", "kind": "text", "max_length": 200},
        {"label": "获纪念章时间", "kind": "date"},
        {"label": "愿意宣讲（本人）", "kind": "yes_no"},
        {"label": "简历", "kind": "text"},  # a name that the form has already
    )
    with scope(actor_of(city.city_clerk)) as actor:
        return [save_custom_field(field=None, values=one, by=actor) for one in given]


@pytest.fixture
def person(city: Any, fields: Any) -> Any:
    values = ("{{ 7*7 }}<b>王", "1985-09 1985.9", False, "自填的简历")
    return make_person(
        city.clerk_a, city.a1, **{one.key: value for one, value in zip(fields, values, strict=True)}
    )


def test_one_sheet_has_what_the_person_has(city: Any, fields: Any, person: Any) -> None:
    words = words_of(made(person_sheet_pdf, city, "leader_a", person))
    for word in ("自定义栏目", "老战友", "{{ 7*7 }}<b>王", "1985年9月", "愿意宣讲（本人）", "否"):
        assert word in words
    other = make_person(city.clerk_a, city.a1)
    assert "自定义栏目" not in words_of(made(person_sheet_pdf, city, "clerk_a", other))


def test_the_offices_form_takes_them_by_name_and_as_a_list(city: Any, fields: Any, person: Any) -> None:
    client = signed_in(city.city_chief)
    assert "填表日期、简历、照片、老战友、获纪念章时间" in client.get(reverse("retirees:info-form")).text
    rows = "{% for 行 in 自定义栏目 %}{{ 行.项目 }}是{{ 行.内容 }}；{% endfor %}"
    body = "战友 {{ 老战友 }} 章 {{ 获纪念章时间 }} 历 {{ 简历 }}。" + rows
    assert put(client, form_of(body)).status_code == 302
    words = text_of(made(info_form_docx, city, "clerk_a", person))
    assert "战友 {{ 7*7 }}<b>王 章 1985年9月 历 。" in words
    assert "愿意宣讲（本人）是否；" in words
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields[0], retired=True, by=actor)
        with pytest.raises(Exception, match="不认识的字段"):
            replace_info_form(content=form_of("{{ 老战友 }}"), file_name="表样.docx", by=actor)
    assert "战友 {{ 7*7 }}<b>王" in text_of(made(info_form_docx, city, "clerk_a", person))
