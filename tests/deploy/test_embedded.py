"""The embedded servers: started twice, killed, robbed of files, in the way of each other; with real processes."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from cadre_portal import embedded
from cadre_portal.embedded.account import data_home, make_folder, server_account
from cadre_portal.embedded.ports import LOOPBACK
from cadre_portal.embedded.secret_files import passwords, write_keyring

pytestmark = pytest.mark.processes
BASE_DIR = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for all: whatever a test did to the servers, the next ``start`` has to cope with it."""
    folder = tmp_path_factory.mktemp("embedded") / "servers"
    yield folder
    embedded.wipe(folder)


def start(home: Path) -> dict[str, str]:
    return embedded.start(home, fast=True, dies_with_us=True)


def put(environment: dict[str, str], value: str) -> None:
    with psycopg.connect(environment["PORTAL_OWNER_DATABASE_URL"]) as connection:
        connection.execute("SET synchronous_commit = on")  # off here, so that tests are fast
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def kept(environment: dict[str, str]) -> list[tuple[str, ...]]:
    with psycopg.connect(environment["PORTAL_OWNER_DATABASE_URL"]) as connection:
        return connection.execute("SELECT value FROM kept").fetchall()


def data(home: Path) -> Path:
    return data_home(home, server_account())


def processes(home: Path) -> list[psutil.Process]:
    """The two servers of ``home``, by what they say in their process id files."""
    folder = data(home)
    numbers = [(folder / "postgres" / "postmaster.pid"), (folder / "redis" / "redis.pid")]
    return [psutil.Process(int(path.read_text().split()[0])) for path in numbers]


def test_starting_twice_gives_the_same_servers(home: Path) -> None:
    first = start(home)
    running = processes(home)
    assert start(home) == first
    assert processes(home) == running


def test_data_outlive_stopping_and_stopping_twice_is_harmless(home: Path) -> None:
    put(start(home), "张三")
    assert embedded.stop(home) is True
    assert embedded.status(home) == {"postgres": None, "redis": None}
    assert embedded.stop(home) is False
    assert kept(start(home)) == [("张三",)]


def test_a_with_block_stops_only_what_it_started(home: Path) -> None:
    embedded.stop(home)
    with embedded.running(home, fast=True):
        assert all(embedded.status(home).values())
        with embedded.running(home, fast=True):
            pass
        assert all(embedded.status(home).values())
    assert not any(embedded.status(home).values())


def test_comes_back_after_both_were_killed(home: Path) -> None:
    put(start(home), "李四")
    for process in processes(home):
        process.kill()
        process.wait(10)
    assert kept(start(home)) == [("李四",)]


def test_stale_pid_files_that_name_a_stranger(home: Path) -> None:
    start(home)
    embedded.stop(home)
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (data(home) / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{home}\n1\n5432\n")
        (data(home) / "redis" / "redis.pid").write_text(str(stranger.pid))
        assert embedded.status(home) == {"postgres": None, "redis": None}
        start(home)
        assert stranger.poll() is None
        assert stranger.pid not in [process.pid for process in processes(home)]
    finally:
        stranger.kill()
        stranger.wait()


def test_a_half_made_cluster_is_made_anew(tmp_path: Path) -> None:
    for name in ("postgres.new", "postgres"):
        folder = data(tmp_path) / name
        folder.mkdir(parents=True)
        (folder / "base").write_text("interrupted")
    passwords(tmp_path / "secrets.json")
    write_keyring(tmp_path / "keyring.json")
    try:
        start(tmp_path)
        assert all(embedded.status(tmp_path).values())
    finally:
        embedded.wipe(tmp_path)


def test_ports_that_were_taken_meanwhile(home: Path) -> None:
    start(home)
    ports = embedded.status(home)
    embedded.stop(home)
    with socket.socket() as one, socket.socket() as two:
        for probe, port in zip((one, two), ports.values(), strict=True):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOOPBACK, port or 0))
            probe.listen()
        start(home)
        now = embedded.status(home)
        assert all(now.values())
        assert not set(now.values()) & set(ports.values())


def test_two_starts_at_once_agree(home: Path) -> None:
    embedded.stop(home)
    command = [sys.executable, "-m", "cadre_portal.embedded", "--home", str(home), "--print-env"]
    pair = [subprocess.Popen(command, cwd=BASE_DIR, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    assert printed[0] == printed[1]
    assert "export PORTAL_DATABASE_URL=" in printed[0]


def test_they_die_with_the_process_that_wanted_so(home: Path) -> None:
    embedded.stop(home)
    script = (
        "import sys, time; from pathlib import Path; from cadre_portal import embedded;"
        f"embedded.start(Path({str(home)!r}), fast=True, dies_with_us=True); print('up', flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=BASE_DIR, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    assert parent.stdout.readline() == "up\n"
    servers = processes(home)
    parent.send_signal(signal.SIGKILL)
    parent.communicate()
    _, alive = psutil.wait_procs(servers, timeout=20)
    assert not alive


class TestSecrets:
    """Made once, kept to the owner, and missed when they are gone."""

    def test_modes_and_no_overwriting(self, home: Path) -> None:
        start(home)
        for name in ("secrets.json", "keyring.json"):
            assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
        before = (home / "keyring.json").read_bytes()
        with pytest.raises(FileExistsError):
            write_keyring(home / "keyring.json")
        start(home)
        assert (home / "keyring.json").read_bytes() == before

    def test_no_password_in_arguments_or_logs(self, home: Path) -> None:
        start(home)
        secrets = passwords(home / "secrets.json").values()
        shown = [word for process in processes(home) for word in process.cmdline()]
        shown += [log.read_text(errors="replace") for log in (home / "log").iterdir()]
        assert not [secret for secret in secrets for word in shown if secret in word]

    @pytest.mark.parametrize("name", ["secrets.json", "keyring.json"])
    def test_lost_files_are_not_replaced_by_useless_new_ones(self, home: Path, name: str) -> None:
        start(home)
        embedded.stop(home)
        (home / name).rename(home / "elsewhere")
        with pytest.raises(embedded.EmbeddedError, match=name):
            start(home)
        assert not (home / name).exists()
        (home / "elsewhere").rename(home / name)
        assert start(home)

    def test_wrong_password_is_refused(self, home: Path) -> None:
        environment = start(home)
        port = embedded.status(home)["redis"]
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(host=LOOPBACK, port=port or 0, retry=Retry(NoBackoff(), 0)).ping()
        url = environment["PORTAL_DATABASE_URL"].replace("portal_app:", "portal_app:x")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url)


def test_beginning_anew_needs_no_passwords(tmp_path: Path) -> None:
    home = tmp_path / "servers"
    embedded.start(home, fast=True)
    servers = processes(home)
    for name in ("secrets.json", "keyring.json"):
        (home / name).unlink()
    embedded.wipe(home)
    assert not home.exists()
    assert not data(home).exists()
    assert not [process for process in servers if process.is_running()]


def test_a_folder_of_somebody_else_is_refused_in_one_line() -> None:
    """/usr is root's; PostgreSQL runs as somebody who is not root, whoever we are."""
    with pytest.raises(embedded.EmbeddedError, match="另一个用户") as refusal:
        make_folder(Path("/usr"), server_account())
    assert "\n" not in str(refusal.value)


def test_leftovers_of_a_killed_test_run_are_removed(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    leftover = tmp_path / str(ended.pid)
    embedded.start(leftover, fast=True)  # not bound to us: nobody stops it
    servers = processes(leftover)
    ours = embedded.start_for_tests(tmp_path)
    try:
        assert not leftover.exists()
        assert not [process for process in servers if process.is_running()]
        assert (tmp_path / str(os.getpid())).exists()
    finally:
        ours.stop()
    assert not ours.home.exists()


def test_temporary_servers_for_one_command() -> None:
    command = [sys.executable, "-m", "cadre_portal.embedded", "--temporary"]
    script = "import os, psycopg; psycopg.connect(os.environ['PORTAL_DATABASE_URL']); raise SystemExit(7)"
    began = time.monotonic()
    result = subprocess.run([*command, sys.executable, "-c", script], cwd=BASE_DIR, check=False)
    assert result.returncode == 7
    assert time.monotonic() - began < 30
