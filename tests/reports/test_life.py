"""A briefing from draft to issued: frozen figures, who may do what, no second numbers."""

from datetime import date

import pytest
from django.urls import reverse

from apps.core.scope import scope
from apps.jobs.models import Job
from apps.jobs.rules import system_actor
from apps.reports import actions
from apps.reports.choices import State
from apps.reports.models import Document, Schedule
from apps.reports.queries import documents
from apps.reports.rules import Period
from apps.reports.rules.frozen import freeze_blocks, keyed, note_keys, numbered, thaw_blocks
from tests.factories.city import make_person
from tests.factories.signed_in import signed_in

HALF = Period.from_key("2026-H1")


def draft(city, user=None, county=None, period=HALF) -> Document:
    """A saved draft, as the job makes it; the PDF stands for itself."""
    with scope(city.actor(user or city.city_clerk)) as actor:
        values = actions.freeze(period=period, actor=actor)
        document = actions.compose(period=period, county=county, values=values)
        return actions.save_draft(document, b"%PDF-draft", by=actor)


def test_figures_are_frozen_with_their_definition_and_blocks_come_back_the_same(city):
    make_person(city.clerk_a, city.a1)
    document = draft(city)
    frozen = document.figures["headcount"]
    assert (frozen["value"], frozen["last_year"], frozen["on"]) == (1, 1, "2026-06-30")
    assert "在册" in frozen["definition"]
    blocks = thaw_blocks(document.blocks)
    assert freeze_blocks(blocks) == document.blocks
    make_person(city.clerk_a, city.a2)
    with scope(city.actor(city.city_clerk)):
        assert Document.objects.get(pk=document.pk).figures["headcount"]["value"] == 1


def test_a_period_has_one_document_however_often_it_is_made(city):
    first, second = draft(city), draft(city)
    assert first.pk == second.pk
    county = draft(city, city.clerk_a, city.a)
    assert county.pk != first.pk
    with scope(city.actor(city.clerk_b)) as actor:
        assert not documents(actor).exists()


def test_only_what_was_checked_is_issued_and_numbers_run_on(city):
    with scope(city.actor(city.city_chief)) as actor:
        numbers = []
        for key in ("2026-Q1", "2026-Q2"):
            document = draft(city, city.city_chief, period=Period.from_key(key))
            with pytest.raises(actions.NotNow, match="没有签发"):
                actions.issue(document, issued_on=date(2026, 7, 5), by=actor)
            actions.check_document(document=document, by=actor)
            issued = actions.issue(document, issued_on=date(2026, 7, 5), by=actor)
            numbers.append((issued.number, issued.total_number))
            assert actions.issue(issued, issued_on=date(2026, 7, 6), by=actor).number == issued.number
        assert numbers == [(1, 1), (2, 2)]
        later = draft(city, city.city_chief, period=Period.from_key("2026-Q3"))
        actions.check_document(document=later, by=actor)
        issued = actions.issue(later, issued_on=date(2027, 1, 4), by=actor)
        assert (issued.number_year, issued.number, issued.total_number) == (2027, 1, 3)


def test_words_can_be_changed_in_a_draft_only_and_not_over_another_change(city):
    document = draft(city)
    place = next(index for index, block in enumerate(document.blocks) if block["block"] == "Paragraph")
    with scope(city.actor(city.city_clerk)) as actor:
        edited = actions.edit_texts(document=document, texts={place: "改过的话。"}, version=1, by=actor)
        assert edited.blocks[place]["text"] == "改过的话。"
        with pytest.raises(actions.StaleEdit):
            actions.edit_texts(document=document, texts={place: "又改。"}, version=1, by=actor)
        actions.check_document(document=document, by=actor)
        with pytest.raises(actions.NotNow):
            actions.edit_texts(document=document, texts={place: "又改。"}, version=3, by=actor)


def test_marks_are_numbers_to_read_and_come_back(city):
    document = draft(city)
    keys = note_keys(document.blocks)
    for block in document.blocks:
        if block["block"] == "Paragraph":
            shown = numbered(block["text"], keys)
            assert "⟦" not in shown
            assert keyed(shown, keys) == block["text"]


def test_what_is_due_is_asked_for_once(city):
    with scope(system_actor()):
        Schedule.objects.create(name="半年工作简报", kind="half", starts_on=date(2026, 1, 1))
        now = HALF.due_at(3, Schedule().due_time)
        assert actions.ensure_due(now=now) == 1
        actions.ensure_due(now=now)
    assert Job.objects.filter(kind="reports.draft").count() == 1


def test_leaders_see_what_was_issued_and_nothing_to_do(city):
    document = draft(city)
    client = signed_in(city.leader)
    assert client.get(reverse("reports:detail", args=[document.pk])).status_code == 404
    with scope(city.actor(city.city_chief)) as actor:
        actions.check_document(document=document, by=actor)
        actions.issue(document, issued_on=date(2026, 7, 5), by=actor)
    page = client.get(reverse("reports:detail", args=[document.pk])).content.decode()
    assert "第1期" in page
    assert "改文字" not in page
    response = client.post(reverse("reports:download", args=[document.pk]))
    assert response.content.startswith(b"%PDF")
    assert "filename*=utf-8''2026" in response["Content-Disposition"]


def test_signing_is_for_the_chief_of_the_place(city):
    document = draft(city)
    with scope(city.actor(city.city_clerk)) as actor:
        actions.check_document(document=document, by=actor)
    address = reverse("reports:issue", args=[document.pk])
    client = signed_in(city.city_clerk)
    assert client.get(address).status_code == 403
    client = signed_in(city.chief_a)
    assert client.get(address).status_code == 404
    client = signed_in(city.city_chief)
    refused = client.post(address, {"issued_on": "2026-06-30"})
    assert refused.status_code == 422
    assert "报告期结束之后" in refused.content.decode()
    assert client.post(address, {"issued_on": "2026-07-05"}).status_code == 302
    with scope(city.actor(city.city_chief)):
        assert Document.objects.get(pk=document.pk).state == State.CHECKED  # a job issues it
