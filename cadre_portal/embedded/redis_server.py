"""One Redis server with an append-only file and a password."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cadre_portal.embedded.account import EmbeddedError, make_folder, redis_binary
from cadre_portal.embedded.ports import LOOPBACK, PortTaken, candidates
from cadre_portal.processes import Account, end, find, spawn

START_SECONDS = 60
# noeviction: the queue must refuse rather than forget. No snapshots: the append-only file is the copy.
SETTINGS = """\
bind {host}
port {port}
dir {directory}
pidfile {directory}/redis.pid
requirepass {password}
appendonly {append}
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy noeviction
daemonize no
"""


@dataclass(frozen=True)
class RedisServer:
    """Where its data lie and how it is run."""

    data: Path
    log: Path
    password: str
    account: Account | None
    fast: bool = False

    def running(self) -> tuple[psutil.Process, int] | None:
        """Return its process and port if it runs, whoever started it."""
        pid, port = self._number("redis.pid"), self._number("port")
        process = find(pid, name="redis-server", directory=self.data)
        return (process, port) if process and port else None

    def url(self, port: int) -> str:
        """Connection string as Celery takes it."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"

    def start(self, *, dies_with_us: bool) -> tuple[int, bool]:
        """Make sure it runs; return its port and whether we started it. The caller holds the home's lock."""
        found = self.running()
        if found:
            self._wait(found[1], found[0].is_running, offset=0)
            return found[1], False
        make_folder(self.data, self.account)
        (self.data / "redis.pid").unlink(missing_ok=True)
        for port in candidates(self._number("port")):
            try:
                self._launch(port, dies_with_us)
            except PortTaken:
                continue
            return port, True
        raise EmbeddedError("找不到空闲端口给 Redis (no free port for Redis)")

    def stop(self) -> bool:
        """Stop it after it wrote its file; return whether it ran."""
        found = self.running()
        if found:
            end(found[0], signal.SIGTERM)
        return found is not None

    def _number(self, name: str) -> int | None:
        try:
            return int((self.data / name).read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None
        except PermissionError:
            make_folder(self.data, self.account)  # says whose it is
            raise

    def _launch(self, port: int, dies_with_us: bool) -> None:
        # In a file rather than in the arguments, which everyone on the machine may read.
        settings = SETTINGS.format(
            host=LOOPBACK,
            port=port,
            directory=self.data.resolve(),
            password=self.password,
            append="no" if self.fast else "yes",
        )
        self._write("redis.conf", settings)
        self._write("port", str(port))
        offset = self.log.stat().st_size if self.log.exists() else 0
        child = spawn(
            [str(redis_binary(self.account)), str(self.data / "redis.conf")],
            log=self.log,
            account=self.account,
            dies_with_us=signal.SIGTERM if dies_with_us else None,
            cwd="/",
        )
        self._wait(port, lambda: child.poll() is None, offset=offset)

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)

    def _wait(self, port: int, alive: Callable[[], bool], *, offset: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        client = redis.Redis(
            host=LOOPBACK,
            port=port,
            password=self.password,
            socket_timeout=3,
            socket_connect_timeout=3,
            retry=Retry(NoBackoff(), 0),  # we ask again ourselves, and sooner
        )
        while True:
            ended = not alive()
            try:
                if not ended and client.ping():
                    client.close()
                    return
            except redis.AuthenticationError as error:
                raise EmbeddedError(f"Redis 拒绝了密码 (wrong password): {error}") from error
            except redis.RedisError as error:  # still starting, or loading its file
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"Redis 没有应答 (no answer): {error}") from error
            if ended:
                with open(self.log, "rb") as file:
                    file.seek(offset)
                    said = file.read().decode(errors="replace").strip()
                if "Address already in use" in said or "Could not create server TCP" in said:
                    raise PortTaken
                raise EmbeddedError(f"Redis 启动失败，见 {self.log} (did not start): {said[-600:]}")
            time.sleep(0.05)
