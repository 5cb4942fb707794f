"""Terms of dictionaries in the bureau's own fields: how many people have each, and what merging two does to them."""

from importlib import import_module
from typing import Any

import pytest

from apps.audit.models import Event
from apps.core.scope import scope
from apps.dictionaries.actions import add_term, create_dictionary
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.actions import custom as actions
from apps.retirees.actions.custom import retire_custom_field, save_custom_field
from apps.retirees.models import ChangeSet, CustomField, Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in
from tests.retirees.test_custom_import import commit, sheet


@pytest.fixture
def fields(city: Any) -> dict[str, CustomField]:
    with scope(actor_of(city.city_clerk)) as actor:
        hobby = create_dictionary(label="手艺", by=actor)
        for label in ("书法", "毛笔字", "门球"):
            add_term(dictionary=hobby, label=label, by=actor)
        made = {
            "first": {"label": "手艺", "kind": "choice", "dictionary": hobby.code},
            "second": {"label": "第二手艺", "kind": "choice", "dictionary": hobby.code},
            "nation": {"label": "配偶民族", "kind": "choice", "dictionary": "nation"},
            "text": {"label": "老战友", "kind": "text", "max_length": 20},
        }
        return {kind: save_custom_field(field=None, values=given, by=actor) for kind, given in made.items()}


@pytest.fixture
def people(city: Any, fields: dict[str, CustomField]) -> dict[str, Retiree]:
    first, second, nation, text = (fields[kind].key for kind in ("first", "second", "nation", "text"))
    given: dict[str, dict[str, str]] = {
        "张建国": {first: "2", text: "王班长"},
        "李秀英": {first: "1", second: "2", nation: "02"},
        "赵小山": {first: "3", text: "2"},
    }
    made = {name: make_person(city.clerk_a, city.a1, name=name, **custom) for name, custom in given.items()}
    return made | {"王建军": make_person(city.clerk_b, city.b1, name="王建军", **{first: "2", second: "2"})}


def used(city: Any, code: str) -> dict[str, str]:
    page = signed_in(city.city_clerk).get(f"/dictionaries/{code}/")
    return {row["entry"].label: row["used"] for row in page.context["rows"] if row["used"] != "0"}


def custom_of(city: Any) -> dict[str, dict[str, Any]]:
    with scope(actor_of(city.city_clerk)):
        return {person.name: dict(person.custom) for person in Retiree.objects.all()}


def merge(city: Any, fields: Any, user: Any = None) -> Any:
    address = f"/dictionaries/{fields['first'].dictionary}/terms/2/merge/"
    return signed_in(user or city.city_clerk).post(address, {"into": "1"}, follow=True)


def test_people_are_counted_in_every_field_that_takes_the_terms(city: Any, fields: Any, people: Any) -> None:
    assert used(city, fields["first"].dictionary) == {"书法": "1", "毛笔字": "4", "门球": "1"}
    make_person(city.clerk_a, city.a1, nation="02")
    assert used(city, "nation")["蒙古族"] == "2"
    with scope(actor_of(city.city_clerk)) as actor:
        retire_custom_field(field=fields["second"], retired=True, by=actor)
    assert used(city, fields["first"].dictionary)["毛笔字"] == "4"


def test_merging_moves_the_people_of_all_counties(city: Any, fields: Any, people: Any) -> None:
    first, second, text = (fields[kind].key for kind in ("first", "second", "text"))
    before = custom_of(city)
    page = merge(city, fields).content.decode()
    assert "3人已改" in page
    assert used(city, fields["first"].dictionary) == {"书法": "5", "门球": "1"}
    now = custom_of(city)
    assert now["张建国"] == {first: "1", text: "王班长"}
    assert now["李秀英"] == before["李秀英"] | {second: "1"}
    assert now["王建军"] == {first: "1", second: "1"}
    assert now["赵小山"] == before["赵小山"]  # his text says "2", which is no term
    with scope(actor_of(city.city_clerk)):
        versions = dict(Retiree.objects.values_list("name", "version"))
        made = ChangeSet.objects.get()
        assert (made.people, made.label) == (3, "字典合并：毛笔字 → 书法")
        assert Event.objects.filter(summary="字典合并：毛笔字 → 书法，修改3人").exists()
    assert versions == {"张建国": 2, "李秀英": 2, "王建军": 2, "赵小山": 1}
    client = signed_in(city.city_clerk)
    assert "第二手艺" in client.get(f"/retirees/changesets/{made.pk}/").content.decode()
    history = signed_in(city.clerk_a).get(f"/retirees/{people['张建国'].pk}/?tab=history").content.decode()
    assert "毛笔字" in history
    client.post(f"/retirees/changesets/{made.pk}/undo/")
    assert custom_of(city) == before


def test_a_term_that_nobody_has_is_merged_without_a_change_set(city: Any, fields: Any) -> None:
    assert "已合并" in merge(city, fields).content.decode()
    with scope(actor_of(city.city_clerk)):
        assert not ChangeSet.objects.exists()


def test_many_people_are_moved_by_a_job(
    city: Any, fields: Any, people: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    assert "后台" in merge(city, fields).content.decode()
    assert used(city, fields["first"].dictionary)["毛笔字"] == "4"
    job = Job.objects.get()
    import_module("apps.retirees.tasks")  # as a worker has done when it came up
    do_job(job.pk)
    job.refresh_from_db()
    assert job.result["summary"] == "修改了3人"
    assert used(city, fields["first"].dictionary) == {"书法": "5", "门球": "1"}


def test_a_roster_with_the_old_word_says_the_new_one(city: Any, fields: Any, people: Any) -> None:
    merge(city, fields)
    headed = ("钱大江", "退休", "1934-07", None, None, None, None, "毛笔字")
    commit(city, sheet(headed), unit="a1")
    assert custom_of(city)["钱大江"] == {fields["first"].key: "1"}


def test_only_the_city_merges(city: Any, fields: Any, people: Any) -> None:
    for user in (city.clerk_a, city.leader, city.system_admin):
        assert merge(city, fields, user).status_code == 403
    assert used(city, fields["first"].dictionary)["毛笔字"] == "4"
