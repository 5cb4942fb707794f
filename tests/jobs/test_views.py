"""The pages of jobs: whose they are, what the system administrator may see, and the way a file leaves."""

import uuid

import pytest
from django.db.models.functions import Now
from django.urls import reverse

from apps.accounts.models import Grant
from apps.audit.choices import EventKind
from apps.audit.models import Event
from apps.core.scope import Actor, scope
from apps.jobs.actions import (
    Lease,
    do_job,
    expire_downloads,
    handles,
    keep_file,
    request_job,
    sweep_files,
    system_actor,
)
from apps.jobs.actions.work import handlers
from apps.jobs.choices import State
from apps.jobs.models import Job
from tests.factories.city import actor_of, grant
from tests.factories.signed_in import signed_in

LABEL = "导出 离退休干部名册"
NAME = "名册\r\nX-Evil: 1/../二〇二六年\u202etxt.xlsx"


@handles("retirees.test-export")
def export(lease: Lease) -> None:
    with lease.last_step(result := {}):
        result["file"] = keep_file("内容".encode(), filename=NAME, content_type="application/x-test")
        result["summary"] = "共 2 人"
        result["next"] = {"label": "看任务", "view": "jobs:list"}


@pytest.fixture(scope="module", autouse=True)
def _kinds():
    yield
    handlers.pop("retirees.test-export")


def wanted(by: Actor, kind: str = "retirees.test-export", **values: object) -> Job:
    job = request_job(kind=kind, label=LABEL, dedupe_key=str(uuid.uuid4()), by=by)
    Job.objects.filter(pk=job.pk).update(**values)
    return job


def exported(by: Actor) -> Job:
    job = wanted(by)
    do_job(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
    return job


@pytest.fixture
def sign_in():
    return signed_in


def url(name: str, job: Job) -> str:
    return reverse(f"jobs:{name}", args=[job.pk])


def test_the_list_shows_own_jobs_only(city, sign_in):
    own = wanted(city.actor(city.clerk_a))
    other = wanted(city.actor(city.clerk_b))
    page = sign_in(city.clerk_a).get(reverse("jobs:list"))
    assert page.status_code == 200
    assert url("detail", own) in page.text
    assert url("detail", other) not in page.text
    assert page.text.count(LABEL) == 1
    assert sign_in(city.clerk_a).get(reverse("jobs:list"), {"whose": "all"}).status_code == 403


@pytest.mark.parametrize("query", [{"state": "x"}, {"county": "1"}, {"whose": "b"}])
def test_unknown_filters_are_refused(city, sign_in, query):
    assert sign_in(city.clerk_a).get(reverse("jobs:list"), query).status_code == 400


def test_filters_by_state_and_the_number_of_queries(city, sign_in, django_assert_num_queries):
    actor = city.actor(city.clerk_a)
    client = sign_in(city.clerk_a)
    dead = wanted(actor, state=State.DEAD, problem="程序出错", finished_at=Now())
    with django_assert_num_queries(25, exact=False) as few:
        page = client.get(reverse("jobs:list"), {"state": "dead"})
    assert url("detail", dead) in page.text
    for _ in range(2):
        wanted(actor, state=State.DEAD, problem="程序出错", finished_at=Now())
    with django_assert_num_queries(len(few)):
        client.get(reverse("jobs:list"), {"state": "dead"})
    assert url("detail", dead) not in client.get(reverse("jobs:list"), {"state": "open"}).text


@pytest.mark.parametrize("page", ["detail", "progress"])
def test_a_strangers_job_is_not_there(city, sign_in, page):
    job = wanted(city.actor(city.clerk_a))
    assert sign_in(city.clerk_a).get(url(page, job)).status_code == 200
    assert sign_in(city.clerk_b).get(url(page, job)).status_code == 404
    assert sign_in(city.clerk_b).get(reverse(f"jobs:{page}", args=[uuid.uuid4()])).status_code == 404


@pytest.mark.parametrize("action", ["cancel", "seen", "download"])
def test_nobody_acts_on_a_strangers_job(city, sign_in, action):
    job = exported(city.actor(city.clerk_a)) if action != "cancel" else wanted(city.actor(city.clerk_a))
    before = Job.objects.filter(pk=job.pk).values().get()
    assert sign_in(city.clerk_b).post(url(action, job)).status_code == 404
    assert sign_in(city.clerk_a).get(url(action, job)).status_code == 405
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_the_system_administrator_sees_the_queue_and_not_what_it_is_about(city, sign_in):
    actor = city.actor(city.clerk_a)
    refused = wanted(actor, state=State.FAILED, problem="张三的证件号不对", finished_at=Now())
    dead = wanted(actor, state=State.DEAD, problem="程序出错：KeyError（编号 job-1）", finished_at=Now())
    done = exported(actor)
    client = sign_in(city.system_admin)
    page = client.get(reverse("jobs:list"), {"whose": "all"}).text
    assert all(url("detail", job) in page for job in (refused, dead, done))
    assert "试clerk_a" in page
    for text in (page, *(client.get(url("detail", job)).text for job in (refused, dead, done))):
        assert not any(word in text for word in (LABEL, "张三", "共 2 人", "二〇二六", url("download", done)))
    assert "程序出错：KeyError" in client.get(url("detail", dead)).text
    assert client.post(url("download", done)).status_code == 403


def test_only_the_system_administrator_puts_a_dead_job_back(city, sign_in):
    job = wanted(city.actor(city.clerk_a), state=State.DEAD, attempts=5, finished_at=Now())
    assert sign_in(city.clerk_a).post(url("requeue", job)).status_code == 403
    assert url("requeue", job) not in sign_in(city.clerk_a).get(url("detail", job)).text
    client = sign_in(city.system_admin)
    assert url("requeue", job) in client.get(url("detail", job)).text
    assert client.post(url("requeue", job)).status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts) == (State.QUEUED, 0)
    with scope(actor_of(city.audit_admin)):
        event = Event.objects.get(kind=EventKind.JOB, data__job=str(job.pk))
    assert event.summary == "重新排队：人员名册"
    again = client.post(url("requeue", job), follow=True)
    assert "只有失败的任务可以重新排队" in again.text


def test_the_card_asks_for_itself_until_the_end(city, sign_in):
    job = wanted(city.actor(city.clerk_a))
    client = sign_in(city.clerk_a)
    waiting = client.get(url("progress", job), headers={"HX-Request": "true"}).text
    assert f'hx-get="{url("progress", job)}"' in waiting
    assert url("cancel", job) in waiting
    assert "<html" not in waiting
    assert "等待处理" in waiting
    do_job(job.pk)
    ended = client.get(url("progress", job), headers={"HX-Request": "true"}).text
    assert "hx-get" not in ended
    assert "共 2 人" in ended
    assert f'href="{reverse("jobs:list")}"' in ended
    assert f'action="{url("download", job)}"' in ended
    assert f'hx-post="{url("seen", job)}"' in ended
    assert client.post(url("seen", job)).status_code == 204
    assert "hx-post" not in client.get(url("progress", job)).text


def test_cancelling_says_what_happened(city, sign_in):
    job = wanted(city.actor(city.clerk_a))
    client = sign_in(city.clerk_a)
    assert "已要求停止" in client.post(url("cancel", job), follow=True).text
    assert "不需要停止" in client.post(url("cancel", job), follow=True).text


def test_a_download_is_an_attachment_and_is_logged(city, sign_in):
    job = exported(city.actor(city.clerk_a))
    answer = sign_in(city.clerk_a).post(url("download", job))
    assert (answer.status_code, answer.content.decode()) == (200, "内容")
    assert answer["Content-Type"] == "application/x-test"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E5%90%8D%E5%86%8CX-Evil_%201_.._%E4%BA%8C%E3%80%87"
        "%E4%BA%8C%E5%85%AD%E5%B9%B4txt.xlsx"
    )
    with scope(city.actor(city.clerk_a)):
        event = Event.objects.get(kind=EventKind.DOWNLOAD)
    assert (event.actor_id, event.county_id, event.data["size"]) == (city.clerk_a.pk, city.a.pk, 6)
    job.refresh_from_db()
    assert job.seen_at is not None


def test_a_file_leaves_only_under_the_grant_it_was_made_with(city, sign_in):
    job = exported(city.actor(city.clerk_a))
    second = grant(city.clerk_a, "unit_clerk", city.a1)
    client = sign_in(city.clerk_a)
    with scope(Actor(user_id=0, name="测试", role="security_admin", db_role="s_security")):
        Grant.objects.filter(user=city.clerk_a).exclude(pk=second.pk).update(ends_on="2020-01-02")
    assert client.post(url("download", job)).status_code == 403
    assert "请先在右上角切换" in client.get(url("detail", job)).text


def test_files_expire_after_a_week(city, sign_in, settings, django_capture_on_commit_callbacks):
    job, fresh = exported(city.actor(city.clerk_a)), exported(city.actor(city.clerk_a))
    Job.objects.filter(pk=job.pk).update(finished_at="2020-01-01T00:00Z")
    with django_capture_on_commit_callbacks(execute=True):
        assert expire_downloads() == 1
    files = [path for path in settings.PORTAL_DATA_DIR.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [fresh.file["name"]]
    client = sign_in(city.clerk_a)
    assert "请重新生成" in client.post(url("download", job), follow=True).text
    files[0].unlink()
    assert "不在服务器上" in client.post(url("download", fresh), follow=True).text


def test_the_sweeper_leaves_what_a_job_names(city, settings):
    job = exported(city.actor(city.clerk_a))
    keep_file(b"nobody's", filename="x")
    for path in settings.PORTAL_DATA_DIR.rglob("*"):
        if path.is_file():
            import os

            os.utime(path, (0, 0))
    sweep_files()
    files = [path.name for path in settings.PORTAL_DATA_DIR.rglob("*") if path.is_file()]
    assert files == [job.file["name"]]


def test_a_page_that_is_gone_is_not_linked(city, sign_in):
    job = wanted(
        city.actor(city.clerk_a),
        state=State.DONE,
        result={"next": {"view": "no:where", "label": "去"}},
        finished_at=Now(),
    )
    assert sign_in(city.clerk_a).get(url("detail", job)).status_code == 200


def test_jobs_of_the_portal_are_shown_as_its_own(city, sign_in):
    job = wanted(system_actor())
    page = sign_in(city.system_admin).get(url("detail", job)).text
    assert "系统" in page
    assert sign_in(city.city_clerk).get(url("detail", job)).status_code == 404
