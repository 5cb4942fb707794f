"""Real workers and beats for tests, on this test's database and on a Redis server of its own.

    @pytest.mark.processes
    def test_something(portal_processes):
        portal_processes.worker()
        portal_processes.beat()
        ...                                        # request jobs; bells of this process go to the same Redis
        until(lambda: Job.objects.filter(state="done").count() == 3, portal_processes)

A Redis of its own because tests empty, kill and restart it; and so that no worker of another test hears a bell that
is not meant for it. Everything dies with the test run, even if that one is killed.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu.pools
import pytest
import redis

from apps.core import doorbell
from cadre_portal import run
from cadre_portal.celery import app as celery_app
from cadre_portal.embedded.redis_server import RedisServer
from cadre_portal.processes import spawn

BASE_DIR = Path(__file__).resolve().parent.parent


class OwnRedis:
    """A Redis server without a memory: what it held is gone when it is killed."""

    def __init__(self, folder: Path) -> None:
        self.server = RedisServer(folder / "redis", folder / "redis.log", "test", account=None, fast=True)
        self.start()

    @property
    def url(self) -> str:
        return self.server.url(self.port)

    def start(self) -> None:
        """Start, or start again on the same port."""
        self.port, _ = self.server.start(dies_with_us=True)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        running = self.server.running()
        assert running is not None
        running[0].kill()
        running[0].wait(10)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)


class PortalProcesses:
    """Starts the portal's background processes and knows where they write."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.redis = OwnRedis(folder)
        self.folder = folder
        self.environment = environment | {"PORTAL_REDIS_URL": self.redis.url, "PYTHONUNBUFFERED": "1"}
        self.started: list[subprocess.Popen[bytes]] = []
        self._watched: dict[subprocess.Popen[bytes], tuple[list[str], str, dict[str, str] | None]] = {}

    def worker(
        self, *, processes: int = 2, include: str | None = "tests.jobs.handlers"
    ) -> subprocess.Popen[bytes]:
        """A Celery worker as in production, with the handlers of ``include`` beside the portal's own."""
        name = f"test{len(self.started)}@{os.getpid()}"
        options = [f"--concurrency={processes}", f"--hostname={name}"]
        if include:
            options.append(f"--include={include}")
        return self._start([*run.worker(), *options], "worker")

    def beat(self) -> subprocess.Popen[bytes]:
        """A beat, which rings again for lost bells every five seconds."""
        return self._start(run.beat(), "beat")

    def web(self) -> str:
        """The web server on a free port, started as in production; its address, once it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        # Static files come from the source: nothing was collected for a test.
        more = {
            "PORTAL_BIND": f"127.0.0.1:{port}",
            "PORTAL_WEB_WORKERS": "1",
            "PORTAL_STATIC_ROOT": str(BASE_DIR / "static"),
        }
        self._start([sys.executable, "-m", "cadre_portal.run", "web"], "web", more)
        until(lambda: run.answers("127.0.0.1", port, "/livez"), self, 120)
        return f"http://127.0.0.1:{port}"

    def said(self) -> str:
        """The end of what all of them wrote, for the message of a failing test."""
        logs = sorted(self.folder.glob("*.log"))
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in logs)

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL for the process and all its children at once; it stays away."""
        self._watched.pop(process, None)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)  # spawn gave it a group of its own
            process.wait(10)

    def bring_back(self) -> None:
        """Start again what ended by a fault of its own, as ``restart: unless-stopped`` does: a worker whose Redis is
        killed between a message and its acknowledgement can end so."""
        for process, (command, name, more) in list(self._watched.items()):
            if process.poll() not in (None, 0):
                del self._watched[process]
                self._start(command, name, more)

    def stop(self) -> None:
        for process in self.started:
            self.kill(process)
        running = self.redis.server.running()
        if running:
            running[0].kill()

    def _start(
        self, command: list[str], name: str, more: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        log = self.folder / f"{len(self.started)}-{name}.log"
        environment = self.environment | (more or {})
        process = spawn(command, log=log, env=environment, cwd=BASE_DIR, dies_with_us=signal.SIGKILL)
        self.started.append(process)
        self._watched[process] = (command, name, more)
        return process


@pytest.fixture
def portal_processes(
    committed: None, environment: dict[str, str], tmp_path: Path
) -> Iterator[PortalProcesses]:
    """Nothing runs yet but the Redis, which also hears the bells of this process."""
    processes = PortalProcesses(environment, tmp_path)
    try:
        with bells_to(processes.redis.url):
            yield processes
    finally:
        processes.stop()


@contextlib.contextmanager
def bells_to(url: str) -> Iterator[None]:
    """Bells that this process rings go to another Redis, or to none."""
    before = celery_app.conf.broker_url
    _connect(url)
    try:
        yield
    finally:
        _connect(before)


def _connect(url: str) -> None:
    kombu.pools.reset()
    celery_app.conf.broker_url = url
    celery_app.amqp._producer_pool = None
    celery_app._pool = None
    doorbell.listen_again()


def until(
    condition: Callable[[], bool], processes: PortalProcesses | None = None, seconds: float = 120
) -> float:
    """Wait until ``condition`` holds and return how long that took; else fail with what the processes wrote."""
    started = time.monotonic()
    while not condition():
        if processes:
            processes.bring_back()
        if time.monotonic() - started > seconds:
            pytest.fail(f"not within {seconds} s\n{processes.said() if processes else ''}")
        time.sleep(0.1)
    return time.monotonic() - started
