"""The standard checklist, the list of what is not over, the menu's count, the home card and the person's story."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death
from apps.visits.actions.incidents import end_incident, report_incident, retract_incident
from apps.visits.models import ChecklistItem, Incident, IncidentTask
from apps.visits.queries import incidents as asked
from apps.visits.queries.incidents import late_and_today
from apps.visits.views import incidents as view
from tests.factories.city import actor_of, make_person

LIST, NEW = reverse("visits:incident-checklist"), reverse("visits:incident-checklist-create")


@pytest.fixture
def today():
    return timezone.localdate()


def typed(**values):
    body = {
        "kind": "death",
        "part": "tell",
        "label": "老年大学",
        "days": "2",
        "who": "",
        "note": "",
        "basis": "",
    }
    return body | {"sort": "5", "is_active": "on", "levels": [], "token": str(uuid.uuid4())} | values


def test_the_city_keeps_the_standard_list_and_new_deaths_follow_it(city, sign_in, today):
    browser = sign_in(city.city_clerk)
    shown = browser.get(LIST).content.decode()
    assert "示例" in shown
    assert "新增事项" in shown
    sent = typed(levels=["121"])
    for _ in range(2):
        assert browser.post(NEW, sent).status_code == 302
    assert browser.post(NEW, typed(label="")).status_code == 422
    assert browser.post(NEW, typed(label="长" * 10_000)).status_code == 422
    assert browser.post(NEW, typed(days="-1")).status_code == 422
    assert browser.post(NEW, typed(levels=["999"])).status_code == 422
    assert browser.post(NEW, typed(kind="feast")).status_code == 422
    with scope(system_actor()):
        row = ChecklistItem.objects.get(label="老年大学")
        example = ChecklistItem.objects.get(label="发讣告")
    assert (row.is_example, row.levels, row.part) == (False, ["121"], "tell")
    edit = reverse("visits:incident-checklist-edit", args=[example.pk])
    assert "不再标“示例”" in browser.get(edit).content.decode()
    off = typed(part="do", label="=发讣告<b>")
    del off["is_active"]
    assert browser.post(edit, off).status_code == 302
    assert "=发讣告&lt;b&gt;" in browser.get(LIST).content.decode()
    with scope(system_actor()):
        assert Event.objects.filter(summary__startswith="修改标准清单").count() == 1
    high = make_person(city.clerk_a, city.a1, name="周一平", treatment="121")
    with scope(actor_of(city.clerk_a)) as by:
        record_death(retiree=high, died_on=PartialDate.from_date(today), reported_on=today, by=by)
        labels = set(IncidentTask.objects.values_list("label", flat=True))
    assert "老年大学" in labels
    assert "=发讣告<b>" not in labels


def test_a_county_reads_the_standard_list_and_leaders_do_not(city, sign_in):
    clerk, leader = sign_in(city.clerk_a), sign_in(city.leader_a)
    assert clerk.get(LIST).status_code == 200
    assert "新增事项" not in clerk.get(LIST).content.decode()
    assert clerk.get(NEW).status_code == 403
    assert clerk.post(NEW, typed()).status_code == 403
    assert leader.get(LIST).status_code == 403


@pytest.fixture
def late(city, today):
    """A death forty days ago, reported then: its lines are late; and a stay that has no lines."""
    dead = make_person(city.clerk_a, city.a1, name="周一平", treatment="121")
    living = make_person(city.clerk_a, city.a1, name="吴二平", treatment="141")
    on = today - timedelta(days=40)
    with scope(actor_of(city.clerk_a)) as by:
        record_death(retiree=dead, died_on=PartialDate.from_date(on), reported_on=on, by=by)
        stay = report_incident(
            retiree=living, kind="hospital", started_on=on, reported_on=today, hospital="县人民医院", by=by
        )
        row = IncidentTask.objects.order_by("-due_on").first()
        row.due_on = today
        row.save()
        return late_and_today(by, today), living, stay, dead


def test_what_is_late_stands_in_the_menu_on_the_home_and_on_the_list(city, sign_in, late):
    (many, now), *_ = late
    assert many > 0
    assert now == 1
    browser = sign_in(city.clerk_a)
    home = browser.get("/").content.decode()
    assert "治丧等事项到期" in home
    assert f"超期{many}项" in home
    assert "今天到期1项" in home
    assert f"办理事项超期{many}项" in browser.get(reverse("visits:incidents")).content.decode()
    other = sign_in(city.clerk_b).get("/").content.decode()
    assert "治丧等事项到期" not in other
    assert "治丧等事项到期" not in sign_in(city.leader_a).get("/").content.decode()


def test_a_long_list_turns_its_pages(city, sign_in, late, monkeypatch):
    monkeypatch.setattr(view, "PER_PAGE", 1)
    assert asked.PER_PAGE == 100
    browser = sign_in(city.clerk_a)
    address = reverse("visits:incidents")
    first, second = (browser.get(f"{address}?page={number}").content.decode() for number in (1, 2))
    assert "没有办结的2条" in first
    assert ("周一平" in first) != ("周一平" in second)
    assert "kind=death" in browser.get(f"{address}?kind=death").content.decode()
    assert browser.get(f"{address}?page=nine&kind=<b>").status_code == 200


def test_the_story_of_a_person_tells_it_and_not_what_was_taken_back(city, sign_in, late, today):
    _, living, stay, _ = late
    browser = sign_in(city.clerk_a)
    address = reverse("retirees:detail", args=[living.pk])
    with scope(actor_of(city.clerk_a)) as by:
        end_incident(incident=stay, ended_on=today, today=today, by=by)
    told = browser.get(f"{address}?tab=story").content.decode()
    assert "住院，县人民医院，" in told
    with scope(actor_of(city.clerk_a)) as by:
        retract_incident(incident=Incident.objects.get(pk=stay.pk), reason="写错", today=today, by=by)
    assert "住院，县人民医院，" not in browser.get(f"{address}?tab=story").content.decode()
