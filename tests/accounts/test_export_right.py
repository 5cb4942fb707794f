"""The right to export: given and taken grant by grant, and what is closed without it."""

import pytest
from django.urls import reverse

from apps.accounts.actions import NotPossible, set_grant_export
from apps.accounts.models import Grant, GrantHistory, User
from apps.audit.models import Event
from apps.core.scope import scope
from apps.exports.models import ExportRequest
from apps.jobs.actions import do_job
from apps.jobs.models import Job
from apps.retirees.models import Retiree
from tests.exports.conftest import ask, people, token  # fixtures
from tests.factories.city import PASSWORD, actor_of
from tests.factories.signed_in import signed_in

assert ask
assert people
REASON = {"reason": "依据第3号文"}


def change(city, user, way="take", **sent):
    held = Grant.objects.get(user=user)
    return signed_in(city.security_admin).post(
        reverse(f"accounts:user-export-{way}", args=[held.pk]), sent or REASON
    )


def test_taking_and_giving_back_is_told_and_kept(city):
    page = reverse("accounts:user", args=[city.clerk_a.pk])
    assert "收回导出权限" in signed_in(city.security_admin).get(page).text
    assert "收回导出权限" not in signed_in(city.system_admin).get(page).text  # sees it, does not set it
    assert "请填写事由" in change(city, city.clerk_a, reason=" ").text
    assert Grant.objects.get(user=city.clerk_a).exports
    assert change(city, city.clerk_a).url == page
    assert "已经不能导出" in change(city, city.clerk_a).text  # sent twice
    assert not Grant.objects.get(user=city.clerk_a).exports
    told = signed_in(city.security_admin).get(page).text
    assert "不可以" in told
    assert "给予导出权限" in told
    assert change(city, city.clerk_a, "give").status_code == 302
    assert Grant.objects.get(user=city.clerk_a).exports
    with scope(city.actor(city.audit_admin)):
        told = [(one.summary, one.reason) for one in Event.objects.filter(kind="grant").order_by("at")]
        kept = GrantHistory.objects.filter(user=city.clerk_a).order_by("pgh_id")
        assert [one.exports for one in kept][-2:] == [False, True]
    assert told == [
        ("收回试clerk_a的导出权限：南岭县 · 县局经办", REASON["reason"]),
        ("给予试clerk_a的导出权限：南岭县 · 县局经办", REASON["reason"]),
    ]


def test_who_may_not(city):
    held = Grant.objects.get(user=city.clerk_a)
    for name, user in city.users.items():
        answer = signed_in(user).get(reverse("accounts:user-export-take", args=[held.pk]))
        assert answer.status_code == (200 if name == "security_admin" else 403), name
    for user, why in ((city.leader, "这个身份不能导出"), (city.security_admin, "自己的授权")):
        assert why in change(city, user).text
    client = signed_in(city.security_admin)
    assert client.get(reverse("accounts:user-export-take", args=[999_999])).status_code == 404
    client.post(reverse("accounts:user-grant-end", args=[held.pk]), REASON)
    with scope(city.actor(city.security_admin)) as actor, pytest.raises(NotPossible, match="已经结束"):
        set_grant_export(grant=held, exports=False, reason="x", by=actor)


def test_a_new_grant_comes_with_it_or_without(city):
    fresh = User.objects.create_user("fresh", PASSWORD, full_name="新人")
    address = reverse("accounts:user-grant", args=[fresh.pk])
    client = signed_in(city.security_admin)
    assert 'name="exports"' in client.get(address).text
    client.post(address, {"role": "county_clerk", "unit": city.a.pk, **REASON})
    client.post(address, {"role": "county_clerk", "unit": city.b.pk, "exports": "on", **REASON})
    assert [one.exports for one in Grant.objects.filter(user=fresh).order_by("pk")] == [False, True]


def test_without_it_nothing_goes_out(city, people, ask):
    before, waiting = ask(city.clerk_a, "name"), ask(city.clerk_a, "name", "phone", mask="plain")
    running = ask(city.clerk_a, "name")
    do_job(before.job_id)
    client = signed_in(city.clerk_a)
    [first] = [one for one in people if one.name == "赵一"]
    here = reverse("retirees:detail", args=[first.pk])
    assert ".lrmx" in client.get(here).text
    change(city, city.clerk_a)
    for view in ("exports:list", "exports:new"):
        assert client.get(reverse(view)).status_code == 403
    assert client.get(reverse("exports:detail", args=[before.pk])).status_code == 403
    sent = {
        "all": "1",
        "token": token(),
        "format": "csv",
        "mask": "out",
        "order": "name",
        "columns": ["name"],
    }
    assert client.post(reverse("exports:new"), sent).status_code == 403
    assert client.post(reverse("jobs:download", args=[before.job_id])).status_code == 403
    assert client.get(reverse("retirees:lrmx", args=[first.pk])).status_code == 403
    paper = reverse("retirees:print", args=[first.pk])
    assert "不遮盖" not in client.get(paper).text
    asked_plain = {"paper": "file", "private": "plain", "reason": "核对", "token": token()}
    client.post(paper, asked_plain)
    with scope(actor_of(city.clerk_a)):
        assert ExportRequest.objects.count() == 3  # no request was made of it
    listed = client.get(reverse("retirees:list")).text
    assert reverse("exports:new") not in listed
    assert reverse("exports:list") not in listed
    assert reverse("exports:new") not in client.get(reverse("imports:upload")).text
    assert ".lrmx" not in client.get(here).text
    # A form can still be kept, not tried on people.
    assert client.get(reverse("exports:templates")).status_code == 200
    do_job(running.job_id)
    job = Job.objects.get(pk=running.job_id)
    assert (job.state, job.file) == ("failed", None)
    assert "导出权限已被收回" in job.problem
    # A chief without the right still decides.
    change(city, city.chief_a)
    chief = signed_in(city.chief_a)
    assert chief.get(reverse("exports:new")).status_code == 403
    assert chief.get(f"{reverse('exports:list')}?whose=waiting").status_code == 200
    answer = chief.post(reverse("exports:decide", args=[waiting.pk]), {"answer": "refuse", "words": "不需要"})
    assert answer.status_code == 302
    with scope(actor_of(city.clerk_a)):
        assert ExportRequest.objects.get(pk=waiting.pk).state == "refused"
        assert Retiree.objects.exists()
    change(city, city.clerk_a, "give")
    assert client.post(reverse("jobs:download", args=[before.job_id])).status_code == 200
