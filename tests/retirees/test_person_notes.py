"""Dated notes on a person, and what the time line tells of the work on his record."""

import uuid
from datetime import date

import pytest
from django.urls import reverse

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import move_unit, verify_retiree
from apps.retirees.actions.dossier import add_line
from apps.retirees.actions.merge import merge_people
from apps.retirees.actions.portrait import set_portrait
from apps.retirees.actions.requests import refuse, request_change
from apps.retirees.models import PersonNote, PersonNoteHistory
from apps.retirees.queries.dossier import dossier_of
from apps.retirees.queries.person import person_file
from apps.retirees.queries.story import story_of
from tests.core.test_pictures import picture
from tests.factories.city import actor_of, make_person
from tests.retirees.test_person_forms import fields_of


def url(name, person, *more):
    return reverse(f"retirees:{name}", args=[person.pk, *more])


def tab(person, name):
    return reverse("retirees:detail", args=[person.pk]) + f"?tab={name}"


def typed(**more):
    return {"noted_on": "2026.5.6", "text": "家属希望换一家医院", "token": str(uuid.uuid4())} | more


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1)


def note_of(city, person, text="约好下月再去"):
    with scope(actor_of(city.clerk_a)) as actor:
        values = {"noted_on": PartialDate(2026, 5, 6), "text": text}
        return add_line(model=PersonNote, retiree=person, values=values, by=actor)


def test_a_note_is_written_corrected_and_deleted(city, sign_in, person):
    client, sent = sign_in(city.clerk_a), typed()
    assert "还没有记事" in client.get(tab(person, "notes")).text
    for _ in range(2):
        assert client.post(url("notes-add", person), sent).status_code == 302
    with scope(actor_of(city.clerk_a)) as actor:
        note = PersonNote.objects.get()
        assert note.written_by_name == actor.name
    for name in ("notes", "story"):
        page = client.get(tab(person, name)).text
        assert "家属希望换一家医院" in page
        assert "2026年5月6日" in page
    address = url("notes-edit", person, note.pk)
    changed = fields_of(client.get(address)) | {"text": "家属不换医院了"}
    assert client.post(address, changed).status_code == 302
    assert client.post(address, changed).status_code == 409
    assert "家属不换医院了" in client.get(tab(person, "notes")).text
    address = url("notes-delete", person, note.pk)
    assert "家属不换医院了" in client.get(address).text
    assert client.post(address).status_code == 302
    assert "还没有记事" in client.get(tab(person, "notes")).text
    with scope(actor_of(city.clerk_a)):
        labels = list(PersonNoteHistory.objects.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "update", "delete"]
    assert "家属希望换一家医院" in client.get(tab(person, "history")).text


def test_leaders_and_strangers_do_not_see_notes(city, sign_in, client, person):
    note = note_of(city, person)
    leader = sign_in(city.leader)
    assert "约好下月再去" not in leader.get(tab(person, "story")).text
    assert leader.get(tab(person, "notes")).status_code == 404
    assert leader.get(url("notes-add", person)).status_code == 403
    assert sign_in(city.clerk_b).get(url("notes-edit", person, note.pk)).status_code == 404
    other = make_person(city.clerk_a, city.a2, name="另一人")
    assert sign_in(city.clerk_a).get(url("notes-edit", other, note.pk)).status_code == 404
    client.logout()
    assert client.get(url("notes-add", person)).status_code == 302


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"text": ""}, "请填写内容"),
        ({"noted_on": ""}, "请填写日期"),
        ({"noted_on": "2999年"}, ""),
        ({"noted_on": "昨天"}, ""),
        ({"text": "长" * 10_000}, "1000"),
        ({"text": "控\x00制"}, ""),
    ],
)
def test_what_is_no_note_changes_nothing(city, sign_in, person, more, why):
    page = sign_in(city.clerk_a).post(url("notes-add", person), typed(**more))
    assert page.status_code == 422
    assert why in page.text
    with scope(actor_of(city.clerk_a)):
        assert not PersonNote.objects.exists()


@pytest.mark.parametrize("text", ["=1+1", "<script>alert(1)</script>", "{{ 7 }}", "甲\n乙"])
def test_hostile_text_stays_text(city, sign_in, person, text):
    client = sign_in(city.clerk_a)
    assert client.post(url("notes-add", person), typed(text=text)).status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert PersonNote.objects.get().text == text
    assert "<script>alert(1)" not in client.get(tab(person, "notes")).text


def told(city, person, who=None):
    with scope(actor_of(who or city.clerk_a)) as actor:
        return [
            (item.kind, item.text)
            for item in story_of(person_file(person, actor), dossier_of(person, actor), actor)
        ]


def test_the_time_line_tells_of_the_work_on_the_record(city, known, tmp_path):
    other = make_person(city.clerk_a, city.a1, name="邓忠勇")
    with scope(actor_of(city.clerk_a)) as actor:
        verify_retiree(retiree=known, on=date(2026, 3, 1), by=actor)
        verify_retiree(retiree=known, on=date(2026, 6, 1), by=actor)
        set_portrait(retiree=known, content=picture(), by=actor)
        request = request_change(retiree=known, values={"treatment": "111"}, reason="省里批复", by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        refuse(request=request, words="没有文件", by=actor)
    with scope(actor_of(city.clerk_a)) as actor:
        known.refresh_from_db()
        merge_people(
            keep=known,
            other=other,
            versions=(known.version, other.version),
            sides={},
            why="电话核实",
            today=date(2026, 6, 10),
            by=actor,
        )
        known.refresh_from_db()
        move_unit(retiree=known, unit=city.a2, moved_on=date(2026, 6, 9), by=actor)
        known.refresh_from_db()
        name = actor.name
    story = told(city, known)
    kinds = [kind for kind, _ in story]
    assert kinds.count("核实") == 2
    assert ("照片", f"{name}上传照片") in story
    assert ("变更申请", f"{name}申请修改现享受待遇（省里批复）") in story
    assert any(kind == "变更申请" and "不予认可" in text and "没有文件" in text for kind, text in story)
    assert ("合并", f"{name}把重复的记录并入（电话核实）") in story
    assert any(kind == "在册" and text.startswith("离开") and "单位变动" in text for kind, text in story)
    kinds = [kind for kind, _ in told(city, known, city.leader)]
    assert "核实" in kinds
    assert not {"变更申请", "合并", "记事"} & set(kinds)
