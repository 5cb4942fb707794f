"""The scope: forgotten, late, failing, and on connections that are used again and again (security cases 5 to 7)."""

import io
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from django.apps import apps
from django.core.handlers.wsgi import WSGIHandler
from django.db import DatabaseError, connection, transaction
from django.test import Client, RequestFactory

from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.audit.models import Event
from apps.core.access import declared
from apps.core.scope import Actor, NoScope, WiderScope, current_actor, scope
from apps.jobs.actions import do_job, request_job, system_actor
from apps.jobs.actions.work import handlers
from apps.retirees.models import Retiree
from tests.factories.city import make_city, make_person
from tests.factories.signed_in import signed_in
from tests.servers import ADMIN

BASE_DIR = Path(__file__).resolve().parents[2]
PROBE = "tests.core.probe"
NOW = (
    "SELECT current_user::text, current_setting('role'), current_setting('app.county', true),"
    " current_setting('app.actor', true)"
)


def walled_models() -> list:
    walled = {table for table, access in declared().items() if access is not None and access.walled}
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in walled]


class TestForgotten:
    """Without a scope there is an error, never rows and never an empty list."""

    @pytest.mark.parametrize("what", ["read", "count", "exists", "add", "change", "remove"])
    def test_every_walled_table_refuses(self, db, what):
        models = walled_models()
        assert len(models) > 5
        for model in models:
            table = model._meta.db_table
            statement = {
                "read": f'SELECT * FROM "{table}" LIMIT 1',
                "count": f'SELECT count(*) FROM "{table}"',
                "exists": f'SELECT EXISTS (SELECT FROM "{table}")',
                "add": f'INSERT INTO "{table}" DEFAULT VALUES',
                "change": f'UPDATE "{table}" SET county_id = county_id',
                "remove": f'DELETE FROM "{table}"',
            }[what]
            with (
                pytest.raises(DatabaseError, match=f"permission denied for .*{table}"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)

    def test_queries_and_actions_refuse(self, city):
        actor = city.actor(city.clerk_a)
        for model in walled_models():
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                list(model.objects.all()[:1])
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            record_event(kind=EventKind.CHANGE, summary="x", by=actor)
        with pytest.raises(NoScope):
            current_actor()

    def test_a_job_that_forgets_its_step_breaks_down(self, db):
        handlers["test.forgets"] = transaction.atomic(lambda lease: Retiree.objects.count())
        try:
            job = request_job(kind="test.forgets", label="x", dedupe_key="x", by=system_actor())
            do_job(job.pk)
        finally:
            del handlers["test.forgets"]
        job.refresh_from_db()
        assert (job.state, job.problem.split("（")[0]) == ("queued", "程序出错：ProgrammingError")

    def test_the_shell_is_refused(self, environment):
        code = "from apps.retirees.models import Retiree; print(Retiree.objects.count())"
        result = subprocess.run(
            [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
            cwd=BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode != 0
        assert "permission denied for table retirees_retiree" in result.stderr
        assert result.stdout.strip() == ""

    def test_a_database_console_is_refused(self, django_db_setup, environment):
        with (
            psycopg.connect(environment["PORTAL_DATABASE_URL"]) as console,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            console.execute("SELECT * FROM retirees_retiree")


class TestNesting:
    """A scope within a scope never widens, and leaves what it found."""

    def settings_now(self) -> tuple:
        with connection.cursor() as cursor:
            cursor.execute(NOW)
            return cursor.fetchone()

    def test_wider_is_refused(self, city):
        with scope(city.actor(city.clerk_a)):
            for user in (city.city_clerk, city.clerk_b, city.unit_a1, city.leader_a):
                with pytest.raises(WiderScope), scope(city.actor(user)):
                    pytest.fail("entered")

    def test_an_unknown_role_is_refused(self):
        with pytest.raises(ValueError, match="portal_owner"), scope(Actor(1, "x", "x", "portal_owner")):
            pytest.fail("entered")

    @pytest.mark.parametrize("ends", ["well", "badly", "by rollback"])
    def test_settings_of_before_come_back(self, city, ends):
        one, other = city.actor(city.clerk_a), city.actor(city.chief_a)
        before = self.settings_now()
        with scope(one):
            inside = self.settings_now()
            assert inside == ("s_county", "s_county", str(city.a.pk), str(one.user_id))
            try:
                with scope(other):
                    assert self.settings_now()[3] == str(other.user_id)
                    if ends == "badly":
                        raise ZeroDivisionError
                    if ends == "by rollback":
                        transaction.set_rollback(True)
            except ZeroDivisionError:
                assert ends == "badly"
            assert self.settings_now() == inside
            assert current_actor().user_id == one.user_id
        assert self.settings_now() == before
        assert Event.objects.none().count() == 0

    def test_nonsense_in_the_county_is_an_error_not_an_opening(self, city):
        with scope(city.actor(city.clerk_a)), transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('app.county', '3 or 1=1', true)")
            with pytest.raises(DatabaseError, match="invalid input syntax"):
                Retiree.objects.count()
            transaction.set_rollback(True)


@pytest.fixture
def probe(settings, city) -> SimpleNamespace:
    settings.ROOT_URLCONF = PROBE
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{PROBE}.failing_middleware"]
    for user, unit in ((city.clerk_a, city.a1), (city.clerk_a, city.a2), (city.clerk_b, city.b1)):
        make_person(user, unit)
    return city


def written() -> int:
    with scope(system_actor()):
        return Event.objects.filter(summary="probe").count()


class TestLateAndFailing:
    """What is rendered after the view, and what goes wrong at any point."""

    def client(self, user) -> Client:
        return signed_in(user, Client(raise_request_exception=False))

    def test_a_page_rendered_after_its_view_sees_its_rows(self, probe):
        assert self.client(probe.clerk_a).get("/probe/lazy").content.split() == [b"%d" % probe.a.pk] * 2
        assert len(self.client(probe.city_clerk).get("/probe/lazy").content.split()) == 3

    def test_streaming_is_refused(self, probe):
        answer = self.client(probe.clerk_a).get("/probe/streaming")
        assert answer.status_code == 500
        assert not answer.streaming
        assert self.client(probe.clerk_a).post("/probe/write/stream").status_code == 500
        assert written() == 0

    @pytest.mark.parametrize(
        ("then", "status"),
        [("raise", 500), ("error", 503), ("template", 500), ("forbid", 403), ("miss", 404)],
    )
    def test_nothing_stays_of_what_failed(self, probe, then, status):
        answer = self.client(probe.clerk_a).post(f"/probe/write/{then}")
        assert answer.status_code == status
        assert written() == 0

    def test_nothing_stays_when_a_middleware_inside_breaks_down(self, probe):
        answer = self.client(probe.clerk_a).post("/probe/write/well", headers={"X-Break": "1"})
        assert answer.status_code == 500
        assert written() == 0

    def test_an_answer_that_refuses_keeps_what_the_view_wrote(self, probe):
        assert self.client(probe.clerk_a).post("/probe/write/refuse").status_code == 422
        assert self.client(probe.clerk_a).post("/probe/write/well").status_code == 200
        assert written() == 2


class Soak:
    """Sends requests through the whole stack, on one persistent connection a thread, and judges each answer."""

    def __init__(self, principals: list[SimpleNamespace]) -> None:
        self.site = WSGIHandler()
        self.principals = principals
        self.seen: Counter[str] = Counter()
        self.faults: list[str] = []
        self.lock = threading.Lock()
        self.over = threading.Event()

    def send(self, index: int) -> None:
        """One request: one in twenty raises in the view, from one in twenty the client has gone."""
        chance = random.Random(index)
        principal = chance.choice(self.principals)
        boom, gone = chance.random() < 0.05, chance.random() < 0.05
        factory = RequestFactory(headers={"Cookie": f"session={principal.cookie}"})
        environ = factory.get("/probe/who", {"boom": 1} if boom else None).environ
        status: list[str] = []
        body = self.site(
            environ | {"wsgi.errors": io.StringIO()}, lambda line, headers: status.append(line[:3])
        )
        content = b"" if gone else b"".join(body)
        body.close()
        kind = "gone" if gone else self.judge(principal, status[0], content)
        with self.lock:
            self.seen[kind] += 1
            self.seen["cut"] += kind == "failed" and not boom

    def judge(self, principal: SimpleNamespace, status: str, content: bytes) -> str:
        if status == "500":
            return "failed"
        if not principal.role:
            if status != "302":
                self.faults.append(f"anonymous got {status}")
            return "anonymous"
        answer = json.loads(content)
        if (answer["role"], answer["counties"]) != (principal.role, principal.counties):
            self.faults.append(f"{principal.role} {principal.counties} saw {answer}")
        return "ok"

    def look_behind(self) -> None:
        """What the next request on this thread's connection would find."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(NOW)
                user, role, county, actor = cursor.fetchone()
        except DatabaseError:
            connection.close()  # cut this very moment
            return
        if (user, role) != ("portal_app", "none") or county or actor:
            self.faults.append(f"left behind: {user} {role} {county} {actor}")

    def thread(self, indexes: range) -> None:
        try:
            for index in indexes:
                self.send(index)
                self.look_behind()
        finally:
            connection.close()


@pytest.mark.processes
class TestSoak:
    """Persistent connections, threads, exceptions, clients that go away, backends that are cut."""

    REQUESTS, THREADS = 2000, 4

    @pytest.fixture
    def principals(self, committed, settings) -> list[SimpleNamespace]:
        settings.ROOT_URLCONF = PROBE
        city = make_city()
        for user, unit in ((city.clerk_a, city.a1), (city.clerk_a, city.a2), (city.clerk_b, city.b1)):
            make_person(user, unit)
        a, b = city.a.pk, city.b.pk
        rows = {
            city.clerk_a: ("s_county", [a]),
            city.clerk_b: ("s_county", [b]),
            city.unit_a1: ("s_unit", [a]),
            city.city_clerk: ("s_city", [a, b]),
            city.leader_a: ("s_leader_county", [a]),
        }
        principals = [
            SimpleNamespace(cookie=signed_in(user).cookies["session"].value, role=role, counties=counties)
            for user, (role, counties) in rows.items()
        ]
        return [*principals, SimpleNamespace(cookie="", role="", counties=[])]

    def test_no_foreign_row_and_no_setting_left(self, principals):
        soak = Soak(principals)
        with ThreadPoolExecutor(self.THREADS + 1) as pool:
            cuts = pool.submit(self.cut_backends, soak, connection.settings_dict["NAME"])
            shares = [range(start, self.REQUESTS, self.THREADS) for start in range(self.THREADS)]
            try:
                list(pool.map(soak.thread, shares))
            finally:
                soak.over.set()
        print(dict(soak.seen), "cuts:", cuts.result())
        assert soak.faults == []
        assert sum(soak.seen[kind] for kind in ("ok", "anonymous", "failed", "gone")) == self.REQUESTS
        assert soak.seen["ok"] > self.REQUESTS * 0.6
        assert soak.seen["cut"] <= cuts.result()

    def cut_backends(self, soak: Soak, database: str) -> int:
        """After each hundredth request cut one of the portal's connections; return how many that were."""
        cuts = 0
        with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
            while not soak.over.wait(0.02):
                if (soak.seen.total() - soak.seen["cut"]) // 100 > cuts:
                    cuts += 1
                    admin.execute(
                        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
                        " WHERE datname = %s AND usename = 'portal_app' ORDER BY random() LIMIT 1) AS one",
                        [database],
                    )
        return cuts
