"""Papers of a campaign: whoever is on them is there at that moment; sums check; nobody prints what is not his."""

import io
import uuid
from datetime import timedelta

import docx
import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.audit.models import Event
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.actions import add_family_member, record_death
from apps.retirees.models import FamilyMember
from apps.visits.actions.campaign_papers import PaperRefused, make_paper
from apps.visits.actions.campaigns import add_campaign, freeze_campaign
from apps.visits.actions.teams import form_teams
from apps.visits.models import Campaign, Occasion
from apps.visits.rules.letters import letter_for
from apps.visits.tasks import campaign_paper
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

TODAY = timezone.localdate()
NAMES = ("周一平", "吴二平", "=郑三<b>")


@pytest.fixture
def people(city):
    return [make_person(city.clerk_a, city.a1, name=name) for name in NAMES]


def frozen(city, **more):
    given = {
        "title": "春节走访",
        "occasion": Occasion.objects.get(code="spring"),
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=10),
        "planned_money": 800,
        "planned_goods": "大米",
        "planned_goods_value": "99.50",
        "letter": "{称呼}：\n祝{姓名}健康。",
    }
    with scope(actor_of(city.clerk_a)) as actor:
        campaign = add_campaign(values=given | more, by=actor)
        freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor)
        campaign.refresh_from_db()
        form_teams(campaign=campaign, size=2, leaders=[], first_day=TODAY, times={}, by=actor)
    return campaign


def made(city, campaign, paper, form="docx", user="clerk_a", **more):
    with scope(actor_of(city.users[user])) as actor:
        return make_paper(campaign=campaign, paper=paper, form=form, today=TODAY, by=actor, **more)


def words(content):
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def words_of_pdf(content):
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).replace("\n", "")


@pytest.mark.parametrize("paper", ["groups", "routes", "signatures", "letters"])
def test_each_paper_has_the_people_in_both_formats(city, people, paper):
    campaign = frozen(city)
    for text in (words(made(city, campaign, paper)), words_of_pdf(made(city, campaign, paper, "pdf"))):
        for name in NAMES:
            assert name in text.replace("\n", "") or name in text


def test_money_is_summed_and_the_export_is_in_the_log(city, people):
    campaign = frozen(city)
    text = words(made(city, campaign, "signatures"))
    assert "1,600" in text
    assert "199" in text
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.filter(kind="export").latest("pk")
    assert (event.data["people"], event.data["paper"]) == (3, "signatures")


def test_nobody_dead_is_led_to_or_written_to(city, people):
    campaign = frozen(city)
    with scope(actor_of(city.clerk_a)) as actor:
        day = PartialDate.from_date(TODAY)
        record_death(retiree=people[0], died_on=day, reported_on=TODAY, by=actor)
    for paper in ("groups", "routes", "signatures", "letters"):
        text = words(made(city, campaign, paper))
        assert NAMES[0] not in text
        assert NAMES[1] in text


def test_letters_to_survivors_say_whose_they_are(city, people):
    with scope(actor_of(city.clerk_a)) as actor:
        add_family_member(retiree=people[0], values={"relation": "spouse", "name": "孙某"}, by=actor)
        day = PartialDate.from_date(TODAY)
        record_death(retiree=people[0], died_on=day, reported_on=TODAY, by=actor)
        FamilyMember.objects.update(is_survivor=True)
    text = words(made(city, frozen(city, target="survivor"), "letters"))
    assert "孙某同志（周一平同志家属）" in text
    assert NAMES[1] not in text


def test_a_letter_is_written_for_one_reader():
    assert letter_for("{称呼}：\n\n 您好 ", "王某") == ["王某同志：", "您好"]
    assert letter_for("祝好", "王某") == ["尊敬的王某同志：", "祝好"]
    assert letter_for("各位老同志：\n祝好", "王某") == ["各位老同志：", "祝好"]
    assert letter_for("{姓名}和{姓名}", "{称呼}") == ["{称呼}和{称呼}"]


def test_what_cannot_be_printed_is_said(city, people):
    campaign = frozen(city, letter="")
    with pytest.raises(PaperRefused, match="慰问信"):
        made(city, campaign, "letters")
    with pytest.raises(PaperRefused, match="没有还要看望"):
        made(city, campaign, "routes", user="unit_b1")


def test_a_clerk_gets_the_paper_from_a_job_once(city, people):
    campaign = frozen(city)
    client, address = signed_in(city.clerk_a), reverse("visits:campaign-papers", args=[campaign.pk])
    assert "写慰问信" not in client.get(address).content.decode()
    assert client.post(address, {"paper": "x", "form": "pdf", "token": str(uuid.uuid4())}).status_code == 422
    body = {"paper": "routes", "form": "pdf", "scope": "", "token": str(uuid.uuid4())}
    assert client.post(address, body | {"scope": "team-999999"}).status_code == 422
    for _ in range(2):
        assert client.post(address, body).status_code == 302
    job = Job.objects.get(kind="visits.papers")
    assert campaign_paper.__doc__, "the module that does it is loaded"
    do_job(job.pk)
    job.refresh_from_db()
    assert job.file["filename"] == "春节走访路线单.pdf"
    assert signed_in(city.leader_a).get(address).status_code == 403
    assert signed_in(city.clerk_b).get(address).status_code == 404


def test_the_coverage_goes_into_a_workbook_as_text(city, people):
    campaign = frozen(city)
    answer = signed_in(city.clerk_a).post(reverse("visits:campaign-coverage", args=[campaign.pk]))
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(cell.value == "=郑三<b>" and cell.data_type == "s" for cell in cells)
    with scope(actor_of(city.clerk_a)):
        assert Campaign.objects.get(pk=campaign.pk).state == "frozen"
