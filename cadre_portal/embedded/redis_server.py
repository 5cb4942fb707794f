"""One Redis server with an append-only file and a password."""

import os
import signal
from typing import ClassVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cadre_portal.embedded.account import EmbeddedError, make_folder, redis_binary
from cadre_portal.embedded.ports import LOOPBACK
from cadre_portal.embedded.server import NotYet, Server

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


class RedisServer(Server):
    """A Redis of our own."""

    title: ClassVar[str] = "Redis"
    program: ClassVar[str] = "redis-server"
    busy: ClassVar[tuple[str, ...]] = ("Address already in use", "Could not create server TCP")
    stop_signals: ClassVar[tuple[int, ...]] = (signal.SIGTERM,)

    def url(self, port: int) -> str:
        """Connection string as Celery takes it."""
        return f"redis://:{self.password}@{LOOPBACK}:{port}/0"

    def address(self) -> tuple[int, int] | None:
        pid, port = self._number("redis.pid"), self.last_port()
        return (pid, port) if pid and port else None

    def last_port(self) -> int | None:
        return self._number("port")

    def prepare(self) -> None:
        make_folder(self.data, self.account)
        (self.data / "redis.pid").unlink(missing_ok=True)

    def command(self, port: int) -> list[str]:
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
        return [str(redis_binary(self.account)), str(self.data / "redis.conf")]

    def ask(self, port: int) -> None:
        client = redis.Redis(
            host=LOOPBACK,
            port=port,
            password=self.password,
            socket_timeout=3,
            socket_connect_timeout=3,
            retry=Retry(NoBackoff(), 0),  # we ask again ourselves, and sooner
        )
        try:
            client.ping()
        except redis.AuthenticationError as error:
            raise EmbeddedError(f"Redis 拒绝了密码 (wrong password): {error}") from error
        except redis.RedisError as error:  # still starting, or loading its file
            raise NotYet(str(error)) from error
        finally:
            client.close()

    def _number(self, name: str) -> int | None:
        try:
            return int((self.data / name).read_text())
        except (FileNotFoundError, NotADirectoryError, ValueError):
            return None

    def _write(self, name: str, text: str) -> None:
        path = self.data / name
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
        if self.account:
            os.chown(path, self.account.uid, self.account.gid)
