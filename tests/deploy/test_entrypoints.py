"""The processes the portal consists of, started as containers and the demo start them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from psycopg import sql

from cadre_portal import run
from tests.servers import ADMIN

BASE_DIR = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], seconds: float = 60) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.2)
    return False


class Running:
    """One entry point as a process of its own."""

    def __init__(self, name: str, environment: dict[str, str], log: Path) -> None:
        self.log = log
        self.environment = environment
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cadre_portal.run", name],
                cwd=BASE_DIR,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self) -> int:
        """Ask it to stop, as containers do, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)


@pytest.fixture
def launch(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    """Start entry points on this worker's database and a Redis database no other test listens to."""
    settings = environment | {
        "PORTAL_REDIS_URL": f"{environment['PORTAL_REDIS_URL'].rpartition('/')[0]}/15",
        "PORTAL_BIND": f"127.0.0.1:{free_port()}",
        "DJANGO_SETTINGS_MODULE": "cadre_portal.settings",
        "PYTHONUNBUFFERED": "1",
    }
    del settings["PORTAL_OWNER_DATABASE_URL"]  # as in docker-compose.yml: only setup knows the owner
    started: list[Running] = []

    def start(name: str) -> Running:
        started.append(Running(name, settings, tmp_path / f"{name}.log"))
        return started[-1]

    yield start
    for each in started:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()


def says_yes(question: str, running: Running) -> bool:
    command = [sys.executable, "-m", "cadre_portal.run", question]
    return subprocess.run(command, cwd=BASE_DIR, env=running.environment, check=False).returncode == 0


def healthy(running: Running) -> bool:
    return says_yes("healthy", running)


class TestCommands:
    """What is started, without starting it."""

    def test_settings_reach_the_command(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORTAL_BIND", "127.0.0.1:8123")
        monkeypatch.setenv("PORTAL_WEB_THREADS", "9")
        monkeypatch.setenv("PORTAL_WORKER_PROCESSES", "7")
        assert {"--bind=127.0.0.1:8123", "--threads=9", "--workers=2"} <= set(run.web())
        assert "--concurrency=7" in run.worker()

    def test_empty_variables_mean_the_default(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORTAL_WEB_WORKERS", "")
        assert "--workers=2" in run.web()

    def test_queries_are_not_logged(self) -> None:
        assert "%(U)s" in run.ACCESS_LOG
        assert not {"%(r)s", "%(q)s", "%(f)s"} & set(run.ACCESS_LOG.replace('"', " ").split())

    def test_unknown_names_are_refused(self) -> None:
        with pytest.raises(SystemExit):
            run.main(["everything"])

    def test_nothing_listening_is_not_healthy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PORTAL_BIND", f"0.0.0.0:{free_port()}")
        assert run.main(["healthy"]) == 1


@pytest.mark.processes
@pytest.mark.usefixtures("committed")
class TestProcesses:
    """Started, asked, stopped."""

    def test_web_answers_and_stops_gracefully(self, launch: Callable[[str], Running]) -> None:
        web = launch("web")
        assert until(lambda: healthy(web)), web.said()
        host, port = web.environment["PORTAL_BIND"].split(":")
        assert not run.answers(host, int(port), f"/no-such-page?name={quote('张三')}")
        assert web.stop() == 0
        assert not healthy(web)
        assert "/no-such-page" in web.said()
        assert "name=" not in web.said()

    def test_worker_and_beat_do_what_is_due_and_stop_warm(self, launch: Callable[[str], Running]) -> None:
        worker = launch("worker")
        assert until(lambda: "ready." in worker.said()), worker.said()
        beat = launch("beat")
        # The name alone stands in the worker's banner; with a number it is a task that arrived.
        assert until(lambda: "apps.jobs.tasks.relay[" in worker.said()), beat.said() + worker.said()
        for kind in ("worker", "beat"):
            assert until(lambda kind=kind: says_yes(f"{kind}-alive", worker)), kind
        assert beat.stop() == 0
        assert worker.stop() == 0
        assert "Traceback" not in worker.said() + beat.said()


@pytest.fixture
def fresh_urls() -> Iterator[dict[str, str]]:
    """URLs of a database that does not exist yet, on the server of this run."""
    name = f"setup_{os.getpid()}"
    urls = {
        variable: f"{os.environ[variable].rpartition('/')[0]}/{name}"
        for variable in ("PORTAL_DATABASE_URL", "PORTAL_OWNER_DATABASE_URL")
    }
    yield urls | {"PORTAL_ADMIN_DATABASE_URL": os.environ[ADMIN]}
    with psycopg.connect(os.environ[ADMIN], autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.mark.processes
def test_setup_makes_a_database_from_nothing_and_may_run_again(fresh_urls: dict[str, str]) -> None:
    command = [sys.executable, "-m", "cadre_portal.run", "setup"]
    for _ in range(2):
        result = subprocess.run(
            command,
            cwd=BASE_DIR,
            env={**os.environ, **fresh_urls, "DJANGO_SETTINGS_MODULE": "cadre_portal.settings"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stderr
    with psycopg.connect(fresh_urls["PORTAL_OWNER_DATABASE_URL"]) as owner:
        walls = owner.execute("SELECT count(*) FROM pg_policies").fetchone()
    assert walls is not None
    assert walls[0] > 0
