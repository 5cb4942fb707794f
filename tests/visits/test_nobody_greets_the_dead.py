"""The worst fault: a greeting to the dead. Whatever leads to somebody living is asked here before a death, after it,
and after it was taken back: each source holds the person, holds him no more, and holds him again.

A new list, letter, reminder or calendar gets its line in SOURCES. How a death comes to the register is in DEATHS:
entered the same day, back-dated, heard of late, known by its year alone, reported by a unit to be reviewed.
"""

import io
from datetime import timedelta
from types import SimpleNamespace

import docx
import icalendar
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from apps.agenda.actions import make_feed
from apps.agenda.models import Feed
from apps.agenda.queries.entries import entries_between
from apps.agenda.queries.today import today_groups
from apps.concerns.actions import LetterRefused, addressees, make_letters, register_concern, take_step
from apps.concerns.choices import StepKind
from apps.core.partial_date import PartialDate
from apps.core.scope import scope
from apps.jobs.rules import system_actor
from apps.retirees.actions import record_death, retract_exit
from apps.retirees.actions.requests.deaths import report_death
from apps.visits.actions.campaign_papers import PaperRefused, make_paper
from apps.visits.actions.campaigns import add_campaign, freeze_campaign, publish_campaign
from apps.visits.actions.coverage_paper import make_coverage
from apps.visits.actions.dues import make_dues
from apps.visits.actions.incidents import report_incident
from apps.visits.actions.leaders import name_leader, save_leader
from apps.visits.actions.list_changes import ask_change
from apps.visits.actions.teams import form_teams
from apps.visits.models import Due, Incident, IncidentTask, Occasion, Team
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in
from tests.visits.conftest import make_rule

NAME = "周一平"
TODAY = timezone.localdate()


@pytest.fixture
def world(city):
    """Somebody whom everything leads to: eighty today, in hospital, of a rule, in a group of a campaign that was told
    to the counties, with a leader who keeps in touch. Beside him somebody of the same unit who stays alive."""
    born = PartialDate(TODAY.year - 80, TODAY.month, TODAY.day)
    person = make_person(city.clerk_a, city.a1, name=NAME, birth_date=born)
    make_person(city.clerk_a, city.a1, name="吴二平")
    with scope(system_actor()):
        make_rule(every="month", starts_on=TODAY.replace(day=1))
        make_rule(trigger="hospital", every="", within_days=30, occasion="hospital", name="住院必访")
        make_rule(trigger="birthday", every="", occasion="birthday", name="生日")
    with scope(actor_of(city.city_clerk)) as actor:
        leader = save_leader(
            leader=None, values={"name": "陈主任", "post": "局长", "level": "3", "starts_on": TODAY}, by=actor
        )
        name_leader(people=[person], leader=leader, since=TODAY, by=actor)
    with scope(actor_of(city.clerk_a)) as actor:
        report_incident(
            retiree=person, kind="hospital", started_on=TODAY, reported_on=TODAY, hospital="县医院", by=actor
        )
    with scope(system_actor()) as actor:
        make_dues(today=TODAY, by=actor)
    with scope(actor_of(city.city_clerk)) as actor:
        campaign = add_campaign(values=campaign_values(), by=actor)
        freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor)
        campaign.refresh_from_db()
        form_teams(campaign=campaign, size=5, leaders=[leader], first_day=TODAY, times={}, by=actor)
        publish_campaign(campaign=campaign, by=actor)
        team = Team.objects.get(campaign=campaign)
    with scope(actor_of(city.clerk_a)) as actor:
        ask_change(campaign=campaign, retiree=person, kind="remove", reason="在外地", by=actor)
        concern = register_concern(retiree=person, values={"source": "call", "title": "护工"}, by=actor)
        answer = {"answer": "已办", "answer_way": "letter", "result": "solved"}
        concern = take_step(concern=concern, step=StepKind.ANSWERED, version=1, by=actor, **answer)
    return SimpleNamespace(
        city=city, person=person, campaign=campaign, team=team, leader=leader, concern=concern
    )


def campaign_values():
    return {
        "title": "春节走访",
        "occasion": Occasion.objects.get(code="spring"),
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=10),
        "planned_money": 800,
        "letter": "{称呼}：\n祝{姓名}健康。",
    }


def got(name, *args, user="clerk_a", **query):
    def source(world):
        address = reverse(name, args=[getattr(world, one).pk for one in args])
        return signed_in(world.city.users[user]).get(address, query).text

    return source


def posted(name, user="clerk_a", **data):
    return lambda world: signed_in(world.city.users[user]).post(reverse(name), data, follow=True).text


def birthday_paper(kind):
    def source(world):
        answer = signed_in(world.city.clerk_a).post(reverse("agenda:birthday-paper"), {"kind": kind})
        if answer.status_code == 302:
            return ""
        return words(answer.content)

    return source


def campaign_paper(paper, form):
    def source(world):
        with scope(actor_of(world.city.clerk_a)) as actor:
            try:
                return words(
                    make_paper(campaign=world.campaign, paper=paper, form=form, today=TODAY, by=actor)
                )
            except PaperRefused as refusal:
                return str(refusal)

    return source


def coverage_paper(world):
    with scope(actor_of(world.city.clerk_a)) as actor:
        return words(make_coverage(campaign=world.campaign, today=TODAY, by=actor))


def reply_letter(form):
    def source(world):
        with scope(actor_of(world.city.clerk_a)) as actor:
            to = [one.key for one in addressees(world.concern, actor)]
            try:
                return words(
                    make_letters(concern=world.concern, to=to, form=form, office="局", on=TODAY, by=actor)
                )
            except LetterRefused:
                return ""

    return source


def words(content):
    """The text of a PDF or docx."""
    if content[:4] == b"%PDF":
        pages = PdfReader(io.BytesIO(content)).pages
        return "".join(page.extract_text() for page in pages).replace("\n", "")
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def calendar(world):
    with scope(actor_of(world.city.clerk_a)) as actor:
        found = entries_between(actor, TODAY - timedelta(days=40), TODAY + timedelta(days=400))
    return "\n".join(entry.names for entry in found)


def calendar_address(world):
    """As a calendar program reads it, with names."""
    Feed.objects.all().delete()
    with scope(actor_of(world.city.clerk_a)) as actor:
        token = make_feed(shows_names=True, by=actor)
    return (
        icalendar.Calendar.from_ical(Client().get(reverse("agenda:feed", args=[token])).content)
        .to_ical()
        .decode()
        .replace("\r\n ", "")
    )


def today_lines(world):
    with scope(actor_of(world.city.clerk_a)) as actor:
        return "\n".join(line.names for group in today_groups(actor, TODAY) for line in group.lines)


def made_due_again(world):
    """What the night's work and a campaign of tomorrow would bring: rules are asked again, a list frozen anew."""
    with scope(system_actor()) as actor:
        make_dues(today=TODAY, by=actor)
        make_dues(today=TODAY + timedelta(days=45), by=actor)
    with scope(actor_of(world.city.city_clerk)) as actor:
        campaign = add_campaign(values=campaign_values() | {"title": "再访"}, by=actor)
        freeze_campaign(campaign=campaign, version=1, today=TODAY, by=actor)
        rows = Due.objects.filter(campaign=campaign)
        names = list(rows.values_list("retiree__name", flat=True))
        waiting = list(
            Due.objects.waiting().exclude(campaign=campaign).values_list("retiree__name", flat=True)
        )
        rows.delete()
        campaign.refresh_from_db()
        campaign.state = "draft"
        campaign.save()
        campaign.delete()
    return "\n".join([*names, *waiting])


SOURCES = (
    {
        "due list": got("visits:due"),
        "due list of the city": got("visits:due", user="city_clerk"),
        "due list of a leader": got("visits:due", user="leader"),
        "due list printed": posted("visits:due-print"),
        "rules and campaigns asked again": made_due_again,
        "a group": got("visits:team", "team"),
        "results to log": got("visits:results", "campaign"),
        "coverage pdf": coverage_paper,
        "asked of the list": got("visits:list-changes"),
        "asked of the list, to decide": got("visits:list-changes", user="city_clerk"),
        "a leader's people": got("visits:leader", "leader", user="city_clerk"),
        "birthdays": got("agenda:birthdays"),
        "birthdays printed": posted("agenda:birthdays-print"),
        "cards docx": birthday_paper("cards-docx"),
        "cards pdf": birthday_paper("cards-pdf"),
        "gifts docx": birthday_paper("gifts-docx"),
        "gifts pdf": birthday_paper("gifts-pdf"),
        "calendar": calendar,
        "calendar's address": calendar_address,
        "today": today_lines,
    }
    | {
        f"{paper} {form}": campaign_paper(paper, form)
        for paper in ("groups", "routes", "signatures", "letters")
        for form in ("docx", "pdf")
    }
    | {f"letter with an answer {form}": reply_letter(form) for form in ("docx", "pdf")}
)


def holding(world):
    return {name for name, source in SOURCES.items() if NAME in source(world)}


def recorded(died_on, heard):
    def record(world):
        with scope(actor_of(world.city.clerk_a)) as actor:
            record_death(
                retiree=world.person, died_on=died_on, reported_on=TODAY - timedelta(days=heard), by=actor
            )
        return

    return record


def reported(world):
    with scope(actor_of(world.city.unit_a1)) as actor:
        return report_death(
            retiree=world.person,
            died_on=PartialDate.from_date(TODAY - timedelta(days=3)),
            reported_on=TODAY,
            place="县医院",
            by=actor,
        )


DEATHS = {
    "today": recorded(PartialDate.from_date(TODAY), 0),
    "back-dated": recorded(PartialDate.from_date(TODAY - timedelta(days=40)), 40),
    "heard late": recorded(PartialDate.from_date(TODAY - timedelta(days=200)), 0),
    "year alone": recorded(PartialDate(TODAY.year - 1), 0),
    "by a unit": reported,
}


def traces(world):
    """What a death moves in the plans: rows that wait, and what goes on. A row whose window has not begun is dropped
    and made again by the nightly run, so that it is known by its window."""
    with scope(system_actor()):
        mine = {"retiree": world.person}
        waiting = Due.objects.filter(**mine).waiting()
        return (
            sorted(waiting.filter(from_on__lte=TODAY).values_list("pk", flat=True)),
            sorted(waiting.filter(from_on__gt=TODAY).values_list("rule", "window", "target")),
            sorted(
                Incident.objects.filter(**mine, closed_on=None, retracted_on=None).values_list(
                    "kind", flat=True
                )
            ),
            IncidentTask.objects.filter(**mine, done_on=None, incident__retracted_on=None).count(),
        )


def take_back(world, request):
    if request is None:
        with scope(actor_of(world.city.city_clerk)) as actor:
            world.person.refresh_from_db()
            retract_exit(retiree=world.person, reason="同名的人", by=actor)
        return
    address = reverse("retirees:request-refuse", args=[request.pk])
    signed_in(world.city.city_clerk).post(address, {"words": "本人健在"})


@pytest.mark.parametrize("death", DEATHS)
def test_no_source_holds_the_dead_and_a_mistaken_death_is_undone_whole(world, death):
    everything = set(SOURCES)
    assert everything - holding(world) == set(), "each source leads to the living, or it proves nothing"
    before = traces(world)
    request = DEATHS[death](world)
    assert holding(world) == set()
    assert traces(world) != before
    take_back(world, request)
    assert everything - holding(world) == set()
    assert traces(world) == before


@pytest.mark.parametrize(
    "user", ["city_clerk", "city_chief", "clerk_a", "chief_a", "unit_a1", "leader", "leader_a"]
)
def test_no_home_board_or_list_of_visits_due_names_the_dead(world, user):
    DEATHS["heard late"](world)
    browser = signed_in(world.city.users[user])
    for name in ("dashboards:home", "dashboards:board", "agenda:calendar", "visits:due", "agenda:birthdays"):
        answer = browser.get(reverse(name))
        assert answer.status_code in (200, 403), name
        assert NAME not in answer.text, name
