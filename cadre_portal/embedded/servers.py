"""Both servers together: start, stop, status, and throw-away ones for a test run."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from cadre_portal.embedded.account import EmbeddedError, data_home, server_account
from cadre_portal.embedded.ports import LOOPBACK
from cadre_portal.embedded.postgres import Cluster
from cadre_portal.embedded.redis_server import RedisServer
from cadre_portal.embedded.secret_files import passwords, write_keyring
from cadre_portal.processes import Busy, locked, rotate
from cadre_portal.provision import LOGIN, OWNER, provision

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DEFAULT_HOME = BASE_DIR / "var" / "embedded"
TEST_HOME = BASE_DIR / "var" / "test"
DATABASE = "portal"


@dataclass(frozen=True)
class _Pair:
    """The two servers of one home folder."""

    home: Path
    data: Path
    secrets: dict[str, str]
    postgres: Cluster
    redis: RedisServer

    def stop(self) -> bool:
        """Stop both; return whether any ran."""
        return any([self.redis.stop(), self.postgres.stop()])


def start(home: Path = DEFAULT_HOME, *, fast: bool = False, dies_with_us: bool = False) -> dict[str, str]:
    """Make sure both servers of ``home`` run and return the PORTAL_* environment for them.

    Whatever is missing is made: folder, passwords, key file, cluster, database, roles. Servers that run already are
    used as they are. fast: settings for tests (nothing is synced to disk); only meaningful for a new home.
    dies_with_us: they stop when this process dies, even by SIGKILL; otherwise they run until ``stop()``.
    Raises EmbeddedError with one line that says what to do.
    """
    return _start(home, fast=fast, dies_with_us=dies_with_us)[0]


@contextlib.contextmanager
def running(home: Path = DEFAULT_HOME, *, fast: bool = False) -> Iterator[dict[str, str]]:
    """Both servers for the length of a ``with`` block; stopped at its end unless they ran before it."""
    environment, started = _start(home, fast=fast, dies_with_us=True)
    try:
        yield environment
    finally:
        if started:
            stop(home)


def stop(home: Path = DEFAULT_HOME) -> bool:
    """Stop both servers of ``home``; return whether any ran. The data stay."""
    if not home.exists():
        return False
    with _lock(home):
        return _pair(home).stop()


def status(home: Path = DEFAULT_HOME) -> dict[str, int | None]:
    """Return the ports of "postgres" and "redis", None for one that does not run."""
    if not home.exists():
        return {"postgres": None, "redis": None}
    pair = _pair(home)
    found = {"postgres": pair.postgres.running(), "redis": pair.redis.running()}
    return {name: server[1] if server else None for name, server in found.items()}


def wipe(home: Path = DEFAULT_HOME) -> None:
    """Stop both servers and remove everything of theirs, passwords and keys included."""
    home = home.resolve()
    if not home.exists():
        return
    stop(home)
    for folder in {data_home(home, server_account()), home}:
        shutil.rmtree(folder, ignore_errors=False)


def _start(home: Path, *, fast: bool, dies_with_us: bool) -> tuple[dict[str, str], bool]:
    home.mkdir(parents=True, exist_ok=True)
    with _lock(home):
        pair = _pair(home, fast=fast, secrets=_secrets(home))
        (home / "files").mkdir(mode=0o700, exist_ok=True)
        for log in (pair.postgres.log, pair.redis.log):
            rotate(log)
        port, started = pair.postgres.start(dies_with_us=dies_with_us)
        redis_port, redis_started = pair.redis.start(dies_with_us=dies_with_us)
        environment = _environment(pair, port, redis_port)
        provision(
            admin_url=pair.postgres.url(port),
            owner_url=environment["PORTAL_OWNER_DATABASE_URL"],
            app_url=environment["PORTAL_DATABASE_URL"],
            for_tests=fast,
        )
    return environment, started or redis_started


def _pair(home: Path, *, fast: bool = False, secrets: dict[str, str] | None = None) -> _Pair:
    """The servers of ``home``; without ``secrets`` they can be found and stopped, but not asked anything."""
    home = home.resolve()
    secrets = secrets or {"superuser": "", "redis": ""}
    account = server_account()
    data = data_home(home, account)
    logs = home / "log"
    return _Pair(
        home=home,
        data=data,
        secrets=secrets,
        postgres=Cluster(data / "postgres", logs / "postgres.log", secrets["superuser"], account, fast),
        redis=RedisServer(data / "redis", logs / "redis.log", secrets["redis"], account, fast),
    )


def _secrets(home: Path) -> dict[str, str]:
    """Read the passwords; make them and the key file at the first start."""
    secret_file, keyring = home / "secrets.json", home / "keyring.json"
    pair = _pair(home)
    missing = [path for path in (secret_file, keyring) if not path.exists()]
    if len(missing) == 2 and pair.data != pair.home:
        # A new checkout in the place of a deleted one, whose data lay outside of it and cannot be read any more.
        pair.stop()
        shutil.rmtree(pair.data, ignore_errors=True)
    if missing and (pair.data / "postgres").exists():
        raise EmbeddedError(
            f"{missing[0]} 不见了，没有它现有数据无法读取：请找回它，或用 make reset-demo 重新开始"
            " (a file without which the existing data cannot be read is missing)"
        )
    if keyring in missing:
        write_keyring(keyring)
    try:
        return passwords(secret_file)
    except PermissionError as error:
        raise EmbeddedError(
            f"{secret_file} 属于另一个用户：请仍用当初的用户运行，或用 make reset-demo 重新开始"
            " (made by another user: run as that user)"
        ) from error


def _environment(pair: _Pair, port: int, redis_port: int) -> dict[str, str]:
    def url(user: str, password: str) -> str:
        return f"postgresql://{user}:{password}@{LOOPBACK}:{port}/{DATABASE}"

    return {
        "PORTAL_SECRET_KEY": pair.secrets["secret_key"],
        "PORTAL_DATABASE_URL": url(LOGIN, pair.secrets["app"]),
        "PORTAL_OWNER_DATABASE_URL": url(OWNER, pair.secrets["owner"]),
        "PORTAL_REDIS_URL": pair.redis.url(redis_port),
        "PORTAL_KEYRING": str(pair.home / "keyring.json"),
        "PORTAL_DATA_DIR": str(pair.home / "files"),
        "PORTAL_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "PORTAL_HTTPS": "0",
        "PORTAL_LOG_JSON": "0",
    }


@contextlib.contextmanager
def _lock(home: Path) -> Iterator[None]:
    try:
        with locked(home / ".lock", wait=120):
            yield
    except PermissionError as error:
        raise EmbeddedError(
            f"{home} 属于另一个用户：请仍用当初的用户运行 (belongs to another user: run as that user)"
        ) from error
    except Busy as error:
        raise EmbeddedError(
            f"另一个进程正在启动或停止 {home} 里的服务器 (another process holds its lock)"
        ) from error


@dataclass
class TestServers:
    """Servers of one test run."""

    __test__ = False  # not a test case, whatever its name says

    home: Path
    environment: dict[str, str] = field(repr=False)
    admin_url: str = field(repr=False)
    """The superuser's URL, for tests of what only a superuser can break."""

    def stop(self) -> None:
        """Stop both and remove the folder."""
        wipe(self.home)


def start_for_tests(parent: Path = TEST_HOME) -> TestServers:
    """Start a cluster and a Redis for this process alone: fast settings, new passwords, empty database.

    Call it once per test run (with xdist: in the controller; the workers inherit os.environ). Two runs at a time do
    not meet. They die with this process, and what a killed run left behind is removed here.
    """
    _sweep(parent)
    home = parent / str(os.getpid())
    wipe(home)
    environment = start(home, fast=True, dies_with_us=True)
    pair = _pair(home, fast=True, secrets=_secrets(home))
    found = pair.postgres.running()
    if found is None:
        raise EmbeddedError(
            f"PostgreSQL 刚启动又退出了，见 {pair.postgres.log} (it ended right after its start)"
        )
    return TestServers(home, environment, pair.postgres.url(found[1]))


def _sweep(parent: Path) -> None:
    for home in parent.glob("*") if parent.exists() else []:
        if home.name.isdigit() and not psutil.pid_exists(int(home.name)):
            wipe(home)
