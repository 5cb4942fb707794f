"""The page of a death: where the clerk lands, the checklist, who was told, the drafts; and all of it undone."""

import io
import uuid
from datetime import date, timedelta

import docx
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.retirees.actions import NotPossible, record_death, retract_exit
from apps.retirees.forms.leaving import DeathForm
from apps.visits.actions.farewell import make_draft_paper, save_draft
from apps.visits.actions.incident_tasks import add_task, edit_task, settle_task
from apps.visits.actions.incidents import end_incident
from apps.visits.choices import AgeCount
from apps.visits.models import ChecklistItem, DeathDraft, Incident, IncidentTask
from apps.visits.queries.farewell import deceased_of
from apps.visits.queries.incidents import item_changes, overdue_tasks, task_changes
from apps.visits.rules.farewell import DRAFT_MARK, ages_at_death, draft_of, paper_lines
from tests.factories.city import actor_of, make_person

HOSTILE = ["长" * 10_000, "甲\x00乙", "甲\x08乙"]


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def person(city):
    return make_person(
        city.clerk_a,
        city.a1,
        name="周一平",
        treatment="121",
        birth_date=PartialDate.from_iso("1937-12-20"),
        political="01",
    )


@pytest.fixture
def clerk(city, person):
    with scope(actor_of(city.clerk_a)) as actor:
        yield actor


@pytest.fixture
def death(city, person, today):
    with scope(actor_of(city.clerk_a)) as by:
        record_death(retiree=person, died_on=PartialDate.from_date(today), reported_on=today, by=by)
        return Incident.objects.select_related("retiree").get(kind="death")


@pytest.fixture
def browser(city, person, sign_in):
    return sign_in(city.clerk_a)


def page(death, name="incident", *more):
    return reverse(f"visits:{name}", args=[death.pk, *more])


def typed(**values):
    body = {"age_count": "full", "farewell": "", "departs": "", "body": "周一平同志，享年{享年}岁。"}
    return body | {"version": "0", "token": str(uuid.uuid4())} | values


def draft(death, by, **values):
    given = {"kind": "obituary", "age_count": "full", "farewell": "", "departs": "", "version": 0}
    return save_draft(incident=death, by=by, **(given | {"body": "享年{享年}岁。"} | values))


def test_both_ages_are_counted_and_an_open_one_is_said():
    born = PartialDate.from_iso("1937-12-20")
    died = PartialDate.from_iso("2026-02-10")
    assert ages_at_death(born, died) == {AgeCount.FULL: "88", AgeCount.NOMINAL: "89"}
    assert ages_at_death(PartialDate.from_iso("1937"), died)[AgeCount.FULL] == "88或89"
    assert ages_at_death(None, died) == {AgeCount.FULL: "", AgeCount.NOMINAL: ""}


def test_places_without_a_value_are_left_out_and_an_open_age_is_marked():
    body = "享年{享年}岁。\n{送别}\n{发车}"
    assert paper_lines(body, age="88", farewell="", departs="") == ["享年88岁。"]
    lines = paper_lines(body, age="88或89", farewell="{享年}", departs="八点")
    assert lines == ["享年［88或89，请核定］岁。", "送别安排：{享年}", "发车时间地点：八点"]


def test_a_draft_says_what_the_register_holds_and_marks_what_it_does_not(person, clerk, death):
    person.refresh_from_db()
    known = deceased_of(person, clerk)
    text = draft_of("obituary", known)
    assert "1937年12月20日出生" in text
    assert "［入党时间待填］加入中国共产党" in text
    assert "因病" not in text
    life = draft_of("life", known)
    assert "待遇。" in life
    assert life.endswith("逝世，享年{享年}岁。")


def test_whoever_registers_a_death_lands_on_its_page(browser, person, today):
    address = reverse("retirees:death", args=[person.pk])
    body = {"died_on": today.isoformat(), "reported_on": today.isoformat(), "place": "", "note": ""}
    form = DeathForm(body, person=person, today=today)
    response = browser.post(address, body | {"confirmed": form.token})
    assert response.status_code == 302
    assert "/visits/incidents/" in response["Location"]
    shown = browser.get(response["Location"]).content.decode()
    for word in (
        "去世已登记",
        "下一步",
        "先办",
        "遗属",
        "撤回去世登记",
        "办理清单",
        "告知",
        "讣告",
        "生平",
        DRAFT_MARK,
    ):
        assert word in shown, word
    assert "周岁88" in shown or "周岁89" in shown


def test_the_clerk_drafts_changes_and_takes_a_notice(browser, death, clerk):
    address = page(death, "incident-draft", "obituary")
    shown = browser.get(address).content.decode()
    assert "周岁：" in shown
    assert "虚岁：" in shown
    assert "周一平同志" in shown
    nothing = browser.post(page(death, "incident-draft-file", "obituary"), {"form": "pdf"})
    assert nothing["Location"] == address
    assert browser.post(address, typed(age_count="")).status_code == 422
    assert browser.post(address, typed(body=" ")).status_code == 422
    for hostile in HOSTILE:
        assert browser.post(address, typed(farewell=hostile)).status_code == 422
    assert not DeathDraft.objects.exists()
    sent = typed(farewell="<b>市殡仪馆</b>", body="=1+1，享年{享年}岁。\n{送别}", age_count="nominal")
    assert browser.post(address, sent).status_code == 302
    assert browser.post(address, sent).status_code == 302
    assert DeathDraft.objects.get().version == 1
    stale = browser.post(address, typed())
    assert stale.status_code == 422
    assert "刚保存过" in stale.content.decode()
    assert "=1+1" in browser.get(address).content.decode()
    assert "周一平同志" in browser.get(address + "?fresh=1").content.decode()
    file = browser.post(page(death, "incident-draft-file", "obituary"), {"form": "docx"})
    document = docx.Document(io.BytesIO(file.content))
    text = "\n".join(one.text for one in document.paragraphs)
    assert "讣告" in text
    assert "送别安排：<b>市殡仪馆</b>" in text
    assert f"享年{ages_at_death(death.retiree.birth_date, death.retiree.died_on)[AgeCount.NOMINAL]}岁" in text
    assert document.sections[0].header.paragraphs[0].text == DRAFT_MARK
    pdf = browser.post(page(death, "incident-draft-file", "obituary"), {"form": "pdf"})
    assert pdf.content[:5] == b"%PDF-"
    assert browser.post(page(death, "incident-draft-file", "obituary"), {"form": "exe"}).status_code == 400
    assert browser.get(page(death, "incident-draft", "poem")).status_code == 404
    assert Event.objects.filter(summary__contains="打印讣告草稿").count() == 2


def test_a_mistaken_death_takes_its_drafts_lists_and_ticks_with_it(browser, person, death, clerk, today):
    row = draft(death, clerk)
    told = IncidentTask.objects.filter(incident=death, part="tell").first()
    settle_task(task=told, word="done", told_to="王主任", today=today, by=clerk)
    assert overdue_tasks(clerk, today + timedelta(days=60)) > 0
    retract_exit(retiree=person, reason="同名的人", by=clerk)
    assert not DeathDraft.objects.exists()
    assert overdue_tasks(clerk, today + timedelta(days=60)) == 0
    with pytest.raises(NotPossible, match="已经撤回"):
        draft(death, clerk)
    with pytest.raises(NotPossible, match="已经撤回"):
        make_draft_paper(draft=row, form="docx", today=today, by=clerk)
    with pytest.raises(NotPossible, match="撤销"):
        settle_task(task=told, word="open", today=today, by=clerk)
    assert browser.get(page(death, "incident-draft", "obituary")).status_code == 404
    shown = browser.get(page(death)).content.decode()
    assert "请逐一更正" in shown
    assert "王主任" in shown
    assert "起草讣告" not in shown
    record_death(retiree=person, died_on=PartialDate.from_date(today), reported_on=today, by=clerk)
    again = Incident.objects.get(kind="death", retracted_on=None)
    assert not again.tasks.exclude(done_on=None).exists()
    assert not again.drafts.exists()


def test_telling_keeps_who_was_told_and_by_whom(browser, death, clerk, today):
    row = death.tasks.filter(part="tell").first()
    address = reverse("visits:incident-task", args=[row.pk])
    for hostile in HOSTILE:
        assert browser.post(address, {"word": "done", "told_to": hostile}).status_code == 302
        row.refresh_from_db()
        assert row.done_on is None
    browser.post(address, {"word": "done", "told_to": "<b>王主任</b>"})
    row.refresh_from_db()
    assert (row.done_on, row.told_to, bool(row.done_by_name)) == (today, "<b>王主任</b>", True)
    assert "已告知&lt;b&gt;王主任" in browser.get(page(death)).content.decode()
    browser.post(address, {"word": "done", "told_to": "别人"})
    row.refresh_from_db()
    assert row.told_to == "<b>王主任</b>"
    browser.post(address, {"word": "open"})
    row.refresh_from_db()
    assert (row.done_on, row.told_to) == (None, "")


def test_a_line_is_given_to_somebody_else_with_its_history(browser, death, clerk, today):
    row = death.tasks.get(label="发讣告")
    address = reverse("visits:incident-task-edit", args=[row.pk])
    due = today + timedelta(days=3)
    body = {"who": "李干事", "due_on": due.isoformat(), "note": "", "token": str(uuid.uuid4())}
    assert browser.get(address).status_code == 200
    early = body | {"due_on": (today - timedelta(days=1)).isoformat()}
    assert browser.post(address, early).status_code == 422
    assert browser.post(address, body | {"due_on": "不知道"}).status_code == 422
    for hostile in HOSTILE:
        assert browser.post(address, body | {"who": hostile}).status_code == 422
    assert browser.post(address, body).status_code == 302
    row.refresh_from_db()
    assert (row.who, row.due_on) == ("李干事", due)
    assert [one.who for one in task_changes(row)] == ["李干事", "经办人"]
    assert "改动记录" in browser.get(address).content.decode()
    settle_task(task=row, word="done", today=today, by=clerk)
    with pytest.raises(NotPossible, match="重新办理"):
        edit_task(task=row, who="", due_on=due, note="", by=clerk)


def test_two_edits_of_a_line_are_set_side_by_side(browser, death, clerk, today):
    """The second is not written; the page shows both sides, and what is chosen there is."""
    row = death.tasks.get(label="发讣告")
    address = reverse("visits:incident-task-edit", args=[row.pk])
    opened = dict(browser.get(address).context["hidden"])
    mine = {"who": "李干事", "due_on": row.due_on.isoformat(), "note": row.note, "token": str(uuid.uuid4())}
    mine |= opened
    edit_task(task=row, who="王科长", due_on=row.due_on, note="已约印厂", by=clerk)
    answer = browser.post(address, mine)
    assert answer.status_code == 409
    assert "王科长" in answer.text
    assert "李干事" in answer.text
    row.refresh_from_db()
    assert (row.who, row.note) == ("王科长", "已约印厂")
    chosen = dict(answer.context["inputs"]) | {"pick_who": "mine"}
    assert browser.post(address, chosen).status_code == 302
    row.refresh_from_db()
    assert (row.who, row.note) == ("李干事", "已约印厂")  # what only the other changed stays his
    assert browser.post(address, mine | {"opened": "forged", "token": str(uuid.uuid4())}).status_code == 400


def test_the_standard_list_keeps_its_states(city, sign_in):
    """Each change of a line of the standard checklist, with who made it, below its form."""
    client = sign_in(city.city_clerk)
    item = ChecklistItem.objects.get(label="发讣告")
    address = reverse("visits:incident-checklist-edit", args=[item.pk])
    was = item.days
    typed = {"kind": item.kind, "part": item.part, "label": item.label, "sort": "1", "is_active": "on"}
    for days in (was + 2, was + 4):
        sent = typed | {"days": str(days), "token": str(uuid.uuid4())}
        assert client.post(address, sent).status_code == 302
    with scope(actor_of(city.city_clerk)):
        assert [row.days for row, _ in item_changes(item)] == [was + 4, was + 2]
        assert {by for _, by in item_changes(item)} == {city.city_clerk.full_name}
    page = client.get(address).text
    assert "改动记录" in page
    assert "改动记录" not in client.get(reverse("visits:incident-checklist-create")).text


def test_one_more_line_is_added_once(browser, death, clerk, today):
    address = page(death, "incident-task-add")
    assert "告知" in browser.get(address + "?part=tell").content.decode()
    body = {"part": "tell", "label": "老年大学", "who": "", "due_on": today.isoformat(), "note": ""}
    body["token"] = str(uuid.uuid4())
    assert browser.post(address, body | {"label": ""}).status_code == 422
    assert browser.post(address, body | {"part": "sing"}).status_code == 422
    for _ in range(2):
        assert browser.post(address, body).status_code == 302
    assert death.tasks.filter(label="老年大学").count() == 1


def test_a_closed_death_takes_no_more_lines(death, clerk, today):
    for row in death.tasks.all():
        settle_task(task=row, word="needless", today=today, by=clerk)
    end_incident(incident=death, ended_on=today, today=today, by=clerk)
    with pytest.raises(NotPossible, match="已经办结"):
        add_task(incident=death, part="do", label="甲", who="", due_on=today, note="", by=clerk)


def test_others_find_nothing_and_leaders_only_read(city, browser, death, sign_in):
    other, leader = sign_in(city.clerk_b), sign_in(city.leader_a)
    with scope(actor_of(city.clerk_a)):
        row = death.tasks.first()
    edit = reverse("visits:incident-task-edit", args=[row.pk])
    for address in (edit, page(death, "incident-draft", "life"), page(death, "incident-task-add")):
        assert other.get(address).status_code == 404
        assert leader.get(address).status_code == 403
        assert leader.post(address, typed()).status_code == 403
    assert leader.post(page(death, "incident-draft-file", "life")).status_code == 403
    shown = leader.get(page(death)).content.decode()
    assert "办理清单" in shown
    assert "起草讣告" not in shown
    assert "下一步" not in shown


def test_a_late_report_counts_the_days_from_the_report(person, clerk, today):
    died = today - timedelta(days=40)
    record_death(retiree=person, died_on=PartialDate.from_date(died), reported_on=today, by=clerk)
    row = IncidentTask.objects.get(label="发讣告")
    assert row.due_on == today + timedelta(days=1)
    assert isinstance(row.due_on, date)
