"""Drafts of long forms: kept sealed for their writer alone, offered, restored, discarded, forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from apps.accounts.models import FormDraft
from apps.core.scope import scope
from apps.jobs.actions import sweep_files
from apps.retirees.models import Retiree
from tests.factories.city import actor_of, make_person
from tests.factories.signed_in import signed_in

SAVE, DISCARD, NEW = "/account/drafts/", "/account/drafts/discard/", "/retirees/new/"
TYPED = {"draft_form": "retirees.person", "draft_about": "", "name": "张建国", "phone": "13912251394"}


def drafts(city: Any, user: Any) -> list[dict[str, str]]:
    with scope(actor_of(user)) as actor:
        return [draft.typed() for draft in FormDraft.objects.visible_to(actor)]


def test_kept_offered_restored_and_gone_when_saved(city: Any) -> None:
    client = signed_in(city.clerk_a)
    assert client.post(SAVE, TYPED).status_code == 204
    assert client.post(SAVE, TYPED | {"name": "张建军", "csrfmiddlewaretoken": "x"}).status_code == 204
    assert drafts(city, city.clerk_a) == [{"name": "张建军", "phone": "13912251394"}]
    offered = client.get(NEW).content.decode()
    assert "有未保存的草稿" in offered
    assert "13912251394" not in offered
    restored = client.get(f"{NEW}?draft=1").content.decode()
    assert 'value="张建军"' in restored
    assert "data-restored" in restored
    token = client.get(NEW).context["form"].initial["token"]
    person = {"name": "张建军", "category": "tuixiu", "unit": city.a1.pk, "entry": "retired", "token": token}
    assert client.post(NEW, person | {"retired_on": "2001-3"}).status_code == 302
    assert drafts(city, city.clerk_a) == []


def test_it_is_sealed_and_nobody_elses(city: Any) -> None:
    signed_in(city.clerk_a).post(SAVE, TYPED)
    for user in (city.chief_a, city.clerk_b, city.city_clerk):
        assert "草稿" not in signed_in(user).get(NEW).content.decode()
        assert drafts(city, user) == []
    with scope(actor_of(city.clerk_a)), connection.cursor() as cursor:
        cursor.execute("SELECT contents FROM accounts_formdraft")
        assert b"13912251394" not in bytes(cursor.fetchone()[0])


def test_restored_over_a_newer_record_both_changes_are_shown(city: Any) -> None:
    person = make_person(city.clerk_a, city.a1)
    client = signed_in(city.clerk_a)
    about = str(person.pk)
    client.post(SAVE, TYPED | {"draft_about": about, "post": "科长", "version": "1"})
    with scope(actor_of(city.clerk_a)):
        Retiree.objects.filter(pk=person.pk).update(version=2, post="局长")
    page = client.get(f"/retirees/{about}/edit/?draft=1")
    assert page.context["form"]["version"].value() == "1"
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(f"/retirees/{about}/edit/", sent)
    assert answer.status_code == 409


def test_what_was_cleared_stays_cleared(city: Any) -> None:
    person = make_person(city.clerk_a, city.a1, post="科长")
    client = signed_in(city.clerk_a)
    client.post(SAVE, TYPED | {"draft_about": str(person.pk), "post": "", "version": "1"})
    form = client.get(f"/retirees/{person.pk}/edit/?draft=1").context["form"]
    assert form["post"].value() == ""
    assert form["name"].value() == "张建国"


def test_discarded_and_expired(city: Any) -> None:
    client = signed_in(city.clerk_a)
    client.post(SAVE, TYPED)
    answer = client.post(DISCARD, {"draft_form": "retirees.person", "draft_about": "", "next": NEW})
    assert answer.headers["Location"] == NEW
    assert drafts(city, city.clerk_a) == []
    client.post(SAVE, TYPED)
    with scope(actor_of(city.clerk_a)):
        FormDraft.objects.update(saved_at=timezone.now() - timedelta(days=15))
    sweep_files()
    assert drafts(city, city.clerk_a) == []


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"draft_form": "x" * 100},
        {"draft_form": "retirees.person", "draft_about": "../1"},
        {"draft_form": "retirees.person", "note": "注" * 30_000},
    ],
)
def test_what_is_no_draft_is_refused(city: Any, sent: dict[str, str]) -> None:
    assert signed_in(city.clerk_a).post(SAVE, sent).status_code == 400
    assert drafts(city, city.clerk_a) == []


def test_odd_letters_are_left_out_and_leaders_have_none(city: Any) -> None:
    client = signed_in(city.clerk_a)
    assert client.post(SAVE, TYPED | {"note": "a\x00b", "post": "=1+1"}).status_code == 204
    assert drafts(city, city.clerk_a) == [{"name": "张建国", "phone": "13912251394", "post": "=1+1"}]
    assert signed_in(city.leader_a).post(SAVE, TYPED).status_code == 403
