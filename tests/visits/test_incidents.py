"""Hospital, critical illness, misfortune: written once, ended, taken back; and what follows a death."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils import timezone

from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import NotPossible, record_death, retract_exit
from apps.retirees.choices import LifeState
from apps.retirees.models import LifeFact, Retiree
from apps.retirees.rules import followers
from apps.visits.actions.incident_tasks import settle_task
from apps.visits.actions.incidents import end_incident, report_incident, retract_incident
from apps.visits.models import Due, Incident, IncidentTask
from tests.factories.city import actor_of, make_person
from tests.visits.conftest import make_rule


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def person(city):
    return make_person(city.clerk_a, city.a1, name="周一平", treatment="121")


@pytest.fixture
def rules(city):
    """Once a quarter, and while somebody is in hospital."""
    with scope(system_actor()):
        make_rule()
        make_rule(trigger="hospital", every="", within_days=90, occasion="hospital")


@pytest.fixture
def clerk(city, person, rules):
    with scope(actor_of(city.clerk_a)) as actor:
        yield actor


def token():
    return {"token": str(uuid.uuid4())}


def report(person, by, today, **values):
    given = {"kind": "hospital", "started_on": today - timedelta(days=2), "reported_on": today}
    return report_incident(retiree=person, by=by, **(given | values))


def test_a_stay_is_written_once_and_makes_its_visits_due(city, person, today):
    with scope(system_actor()):
        make_rule(trigger="hospital", every="", within_days=7, occasion="hospital")
        make_rule(trigger="discharge", every="", within_days=7, occasion="hospital", name="出院后")
    with scope(actor_of(city.clerk_a)) as by:
        stay = report(person, by, today, hospital="县人民医院")
        assert report(person, by, today, hospital="县人民医院").pk == stay.pk
        with pytest.raises(NotPossible, match="没有办结的住院"):
            report(person, by, today, hospital="市中医院")
        assert Due.objects.filter(incident=stay).count() == 1
        end_incident(incident=stay, ended_on=today, today=today, by=by)
        assert Due.objects.get(incident=stay, rule__trigger="discharge").due_on == today + timedelta(days=7)
        retract_incident(incident=stay, reason="写错了人", today=today, by=by)
        assert not Due.objects.filter(incident=stay).exists()


def test_nobody_is_visited_in_a_nominal_stay(person, clerk, today):
    stay = report(person, clerk, today, is_nominal=True)
    assert not Due.objects.filter(incident=stay).exists()


def test_a_critical_illness_is_the_registers_state_until_it_ends(person, clerk, today):
    illness = report(person, clerk, today, kind="critical")
    assert Retiree.objects.get(pk=person.pk).state == LifeState.CRITICAL
    assert IncidentTask.objects.filter(incident=illness).count() == 2
    end_incident(incident=illness, ended_on=today, today=today, by=clerk)
    assert Retiree.objects.get(pk=person.pk).state == LifeState.ALIVE
    again = report(person, clerk, today, kind="critical")
    retract_incident(incident=again, reason="听错了", today=today, by=clerk)
    assert Retiree.objects.get(pk=person.pk).state == LifeState.ALIVE


@pytest.mark.parametrize("kind", ["hospital", "critical", "family"])
def test_days_that_cannot_be_are_refused(person, clerk, today, kind):
    with pytest.raises(NotPossible, match="不能晚于报告日期"):
        report(person, clerk, today, kind=kind, started_on=today + timedelta(days=1))
    with pytest.raises(NotPossible, match="早于出生"):
        report(person, clerk, today, kind=kind, started_on=date(1800, 1, 1))
    assert not Incident.objects.exists()


def test_a_death_is_registered_in_the_register_only(person, clerk, today):
    with pytest.raises(NotPossible, match="登记去世"):
        report(person, clerk, today, kind="death")


def die(person, by, died_on, reported_on):
    return record_death(
        retiree=person, died_on=PartialDate.from_date(died_on), reported_on=reported_on, by=by
    )


@pytest.mark.parametrize(("died", "heard"), [(0, 0), (40, 40), (40, 0)], ids=["today", "back-dated", "late"])
def test_a_death_ends_everything_and_is_undone_whole_twice(city, person, clerk, today, died, heard):
    stay = report(person, clerk, today, started_on=today - timedelta(days=60))
    report(person, clerk, today, kind="critical")
    Due.objects.create(
        **person.row_keys(),
        occasion_id=Due.objects.get().occasion_id,
        from_on=today,
        due_on=today + timedelta(days=5),
    )
    before = sorted(Due.objects.waiting().values_list("pk", flat=True))
    assert len(before) == 2
    on, reported = today - timedelta(days=died), today - timedelta(days=heard)
    told = "".join(t for one in followers() for t in one.tell(person, LifeState.DEAD, on, clerk))
    assert "应访2项" in told
    assert "住院" in told
    assert "治丧" in told
    for _ in range(2):
        die(person, clerk, on, reported)
        assert not Due.objects.waiting().exists()
        assert not Due.objects.standing().exists()
        death = Incident.objects.get(kind="death", retracted_on=None)
        labels = set(IncidentTask.objects.filter(incident=death).values_list("label", flat=True))
        assert {"发讣告", "草拟生平", "办理丧葬费", "印发生平简介"} <= labels
        assert not Incident.objects.filter(kind="hospital", closed_on=None).exists()
        retract_exit(retiree=person, reason="同名的人", by=clerk)
        assert not Incident.objects.filter(kind="death", retracted_on=None).exists()
        assert sorted(Due.objects.waiting().values_list("pk", flat=True)) == before
        assert Retiree.objects.get(pk=person.pk).state == LifeState.CRITICAL
        stay.refresh_from_db()
        assert stay.closed_on is None
        assert stay.ended_on is None
    assert not LifeFact.objects.filter(state="dead").exists()


def test_a_stay_that_had_ended_stays_ended_when_a_death_is_taken_back(person, clerk, today):
    stay = end_incident(incident=report(person, clerk, today), ended_on=today, today=today, by=clerk)
    die(person, clerk, today, today)
    retract_exit(retiree=person, reason="同名的人", by=clerk)
    stay.refresh_from_db()
    assert (stay.ended_on, stay.closed_on) == (today, today)


def test_the_file_of_a_death_closes_when_every_line_is_settled(person, clerk, today):
    die(person, clerk, today, today)
    death = Incident.objects.get(kind="death")
    with pytest.raises(NotPossible, match="还有没有办"):
        end_incident(incident=death, ended_on=today, today=today, by=clerk)
    for number, task in enumerate(death.tasks.all()):
        settle_task(task=task, word="needless" if number % 2 else "done", today=today, by=clerk)
    assert end_incident(incident=death, ended_on=today, today=today, by=clerk).closed_on == today
    with pytest.raises(NotPossible, match="人员页面"):
        retract_incident(incident=death, reason="写错", today=today, by=clerk)


def test_only_those_of_high_rank_get_a_printed_life(city, today):
    plain = make_person(city.clerk_a, city.a1, name="吴二平", treatment="141")
    with scope(actor_of(city.clerk_a)) as clerk:
        die(plain, clerk, today, today)
        assert IncidentTask.objects.filter(label="发讣告").exists()
        assert not IncidentTask.objects.filter(label="印发生平简介").exists()


@pytest.fixture
def browser(city, person, sign_in):
    return sign_in(city.clerk_a)


def test_the_clerk_reports_a_stay_and_a_discharge_on_pages(browser, person, today):
    address = f"/visits/people/{person.pk}/incident/"
    assert "挂床" in browser.get(address).content.decode()
    body = {"kind": "hospital", "started_on": today.isoformat(), "reported_on": today.isoformat()} | token()
    future = body | {"started_on": (today + timedelta(days=3)).isoformat()}
    assert browser.post(address, future).status_code == 422
    assert browser.post(address, body | {"hospital": "长" * 10_000}).status_code == 422
    assert browser.post(address, body | {"kind": "death"}).status_code == 422
    page = browser.post(address, body | {"hospital": "<b>医院</b>"})
    assert page.status_code == 302
    assert browser.post(address, body | {"hospital": "<b>医院</b>"})["Location"] == page["Location"]
    shown = browser.get(page["Location"]).content.decode()
    assert "&lt;b&gt;医院" in shown
    assert "周一平" in browser.get("/visits/incidents/").content.decode()
    assert "登记病危" in browser.get(f"/retirees/{person.pk}/?tab=incidents").content.decode()
    end, body = page["Location"] + "end/", {"ended_on": today.isoformat()} | token()
    assert browser.post(end, body | {"token": ""}).status_code == 422
    assert browser.post(end, body).status_code == 302
    assert browser.post(end, body).status_code == 302, "sent twice"
    assert browser.post(end, body | token()).status_code == 422
    assert browser.post(page["Location"] + "retract/", {"reason": "写错"} | token()).status_code == 302
    browser.get(page["Location"])  # shows the message that names him
    assert "周一平" not in browser.get("/visits/incidents/").content.decode()


def test_another_county_finds_nothing_and_a_leader_changes_nothing(city, browser, person, sign_in, today):
    body = {"kind": "critical", "started_on": today.isoformat(), "reported_on": today.isoformat()} | token()
    address = f"/visits/people/{person.pk}/incident/"
    other, leader = sign_in(city.clerk_b), sign_in(city.leader_a)
    assert other.post(address, body).status_code == 404
    assert leader.post(address, body).status_code == 403
    made = browser.post(address, body)["Location"]
    assert other.get(made).status_code == 404
    assert leader.get(made).status_code == 200
    assert leader.post(made + "end/", {"ended_on": today.isoformat()}).status_code == 403
