"""The coverage of a campaign as a PDF: by county and unit, who is missing and why; nobody's but one's own."""

import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.audit.models import Event
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.visits.actions import coverage_paper
from apps.visits.actions.campaigns import add_campaign, freeze_campaign
from apps.visits.actions.coverage_paper import make_coverage
from apps.visits.models import Due, Occasion
from apps.visits.queries.coverage import unit_lines
from apps.visits.tasks import coverage_paper as job_of_coverage
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TODAY = timezone.localdate()
REMOVED = {"state": "removed", "change_reason": "在外地", "approved_by_name": "张某"}


@pytest.fixture
def campaign(city):
    for name, user, unit in (
        ("周一平", city.clerk_a, city.a1),
        ("吴二平", city.clerk_a, city.a2),
        ("=郑三<b>", city.clerk_b, city.b1),
    ):
        make_person(user, unit, name=name)
    days = {"starts_on": TODAY, "ends_on": TODAY + timedelta(days=9)}
    with scope(actor_of(city.city_clerk)) as actor:
        occasion = Occasion.objects.get(code="spring")
        made = add_campaign(values={"title": "春节走访", "occasion": occasion, **days}, by=actor)
        freeze_campaign(campaign=made, version=1, today=TODAY, by=actor)
        made.refresh_from_db()
        told = {"reason": "away", "reason_note": "在女儿家"}
        Due.objects.filter(campaign=made, retiree__name="周一平").update(**told)
    return made


def text_of(content):
    pages = PdfReader(io.BytesIO(content)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def made(user, campaign):
    with scope(actor_of(user)) as actor:
        return text_of(make_coverage(campaign=campaign, today=TODAY, by=actor))


def test_the_city_reads_counties_units_names_and_reasons(city, campaign):
    text = made(city.city_clerk, campaign)
    for words in (
        "春节走访覆盖情况（按单位）",
        "应访3人，已访0人，未访3人（其中1人已说明原因），走访率0",
        f"{city.a.label}{city.a1.label}",
        "合计",
        "春节走访未访人员",
        "=郑三<b>",
        "：在女儿家",
        "未说明原因",
    ):
        assert words in text
    with scope(system_actor()):
        event = Event.objects.filter(kind="export").latest("pk")
    assert event.summary == "打印覆盖情况：春节走访"
    assert event.data["people"] == 3


def test_a_county_reads_its_own_only(city, campaign):
    text = made(city.clerk_a, campaign)
    assert "应访2人" in text
    assert "周一平" in text
    assert "郑三" not in text
    assert city.b1.label not in text
    with scope(actor_of(city.clerk_a)) as actor:
        labels = [line.label for line in unit_lines(campaign, actor)]
    assert labels == [city.a1.label, city.a2.label]


def test_many_names_want_the_right_to_take_them_out(city, campaign, monkeypatch):
    monkeypatch.setattr(coverage_paper, "ALONE", 1)
    monkeypatch.setattr(coverage_paper, "NAMED", 2)
    text = made(city.city_clerk, campaign)
    assert "这份没有姓名" in text
    assert "周一平" not in text
    assert "周一平" in made(city.clerk_a, campaign), "two of them, with the right"
    monkeypatch.setattr(coverage_paper, "may_export", lambda _: False)
    assert "周一平" not in made(city.clerk_a, campaign)


def test_of_many_units_those_with_somebody_missing_stand_on_it(city, campaign, monkeypatch):
    monkeypatch.setattr(coverage_paper, "UNITS", 1)
    with scope(system_actor()):
        Due.objects.filter(campaign=campaign, unit=city.a1).update(**REMOVED)
    text = made(city.clerk_a, campaign)
    assert "只列有未访人员的1个单位" in text
    assert city.a1.label not in text


def test_the_button_asks_a_job_for_the_paper(city, campaign):
    client = signed_in(city.clerk_a)
    address = reverse("visits:campaign-coverage-pdf", args=[campaign.pk])
    assert address in client.get(reverse("visits:campaign", args=[campaign.pk])).content.decode()
    assert client.post(address).status_code == 302
    job = Job.objects.get(kind="visits.coverage")
    assert job_of_coverage.__doc__, "the module that does it is loaded"
    do_job(job.pk)
    job.refresh_from_db()
    assert job.file["filename"] == "春节走访覆盖情况.pdf"
    leader = signed_in(city.leader_a)
    assert leader.post(address).status_code == 403
    assert address not in leader.get(reverse("visits:campaign", args=[campaign.pk])).content.decode()


def test_nobody_missing_and_nobody_there_are_said(city, campaign):
    with scope(system_actor()):
        Due.objects.filter(campaign=campaign, county=city.b).update(**REMOVED)
    assert "名单里没有应访的人" in made(city.clerk_b, campaign)
