"""``make demo``: the whole portal on one machine with one command, on the embedded servers.

It prepares the database, loads the invented city once, starts the same processes as production (run.py), says where
to sign in, and stops everything in order on Ctrl-C or SIGTERM. What it starts dies with it, even on SIGKILL.
"""

import argparse
import contextlib
import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

import psutil
import psycopg

from cadre_portal import embedded
from cadre_portal.processes import Busy, Child, end, locked, rotate, spawn
from cadre_portal.run import answers

BASE_DIR = Path(__file__).resolve().parent.parent
LOGS = BASE_DIR / "var" / "log"
STATIC = BASE_DIR / "var" / "static"
# Stopped in this order: first nothing new comes in, then nothing new is due, then what runs is finished.
PATIENCE = {"web": 35.0, "beat": 10.0, "worker": 60.0}
ANSWER_SECONDS = 120
RESTARTS = 3


class Stopped(BaseException):
    """Ctrl-C or SIGTERM arrived. Not an Exception: nothing on the way may swallow it."""


class DemoError(Exception):
    """One line that says what is wrong and what to type."""


@dataclass
class Service:
    """One process of the portal."""

    name: str
    environment: dict[str, str] = field(repr=False)
    process: Child | None = None
    starts: int = 0

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"

    def start(self) -> None:
        """Start it, with its output in its log."""
        rotate(self.log)
        command = [sys.executable, "-m", "cadre_portal.run", self.name]
        self.process = spawn(
            command, log=self.log, dies_with_us=signal.SIGTERM, env=self.environment, cwd=BASE_DIR
        )
        self.starts += 1

    def keep(self) -> None:
        """Start it again if it ended. Raises DemoError if that happens again and again."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.starts > RESTARTS:
            raise DemoError(f"{self.name} 反复退出，见 {self.log} (keeps ending): {_tail(self.log)}")
        say(f"{self.name} 意外退出，重新启动 (ended, starting it again)")
        self.start()

    def stop(self) -> None:
        """End it gracefully."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                end(psutil.Process(self.process.pid), signal.SIGTERM, patience=PATIENCE[self.name])


def run(home: Path, host: str, port: int, people: int | None = None) -> None:
    """Run the demo on the servers of ``home`` until a signal arrives.

    people: size of the city, if it is loaded now. Raises DemoError or EmbeddedError.
    """
    _check_port(host, port)
    say("启动内置 PostgreSQL 与 Redis (starting the embedded servers)")
    with embedded.running(home) as servers:
        environment = {**os.environ, **servers, "PORTAL_BIND": f"{host}:{port}", "PYTHONUNBUFFERED": "1"}
        if host != "127.0.0.1":
            # Asked for by hand, on an invented city: colleagues on the office network may look on.
            environment["PORTAL_ALLOWED_HOSTS"] = "*"
        prepare(environment, people)
        services = {name: Service(name, environment) for name in ("web", "worker", "beat")}
        try:
            for service in services.values():
                service.start()
            _wait_until_ready(services["web"], host, port)
            _announce(environment, host, port)
            while True:
                for service in services.values():
                    service.keep()
                time.sleep(1)
        finally:
            say("正在停止 (stopping)")
            for name in PATIENCE:
                services[name].stop()


def prepare(environment: dict[str, str], people: int | None) -> None:
    """Database, demo city and static files; each only where something is to be done."""
    _manage(environment, "准备数据库 (database)", "setup_database")
    if _is_empty(environment):
        size = [f"--people={people}"] if people else []
        _manage(
            environment, "载入演示城市，约一分钟 (loading the demo city, about a minute)", "load_demo", *size
        )
    stamp, wanted = STATIC / ".made-from", _static_digest()
    # Tests collect into the same folder, and without the manifest that pages ask for.
    is_whole = stamp.exists() and (STATIC / "staticfiles.json").exists()
    if not is_whole or stamp.read_text() != wanted:
        _manage(environment, "整理静态文件 (static files)", "collectstatic", "--noinput", "--clear", "-v0")
        stamp.write_text(wanted)


def _is_empty(environment: dict[str, str]) -> bool:
    """Whether nobody has put in a unit yet; load_demo is one transaction, so one unit means all of it."""
    with psycopg.connect(environment["PORTAL_OWNER_DATABASE_URL"]) as connection:
        return connection.execute("SELECT 1 FROM units_unit LIMIT 1").fetchone() is None


def _manage(environment: dict[str, str], what: str, *command: str) -> None:
    say(what)
    log = LOGS / "setup.log"
    rotate(log)
    with open(log, "ab") as output:
        result = subprocess.run(
            [sys.executable, "manage.py", *command],
            env=environment,
            cwd=BASE_DIR,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if result.returncode != 0:
        raise DemoError(f"manage.py {command[0]} 失败，见 {log} (failed): {_tail(log)}")


def _static_digest() -> str:
    """What the collected files were made from: ours by name, size and time, the packages' by their pins."""
    digest = hashlib.sha256((BASE_DIR / "constraints.txt").read_bytes())
    for path in sorted((BASE_DIR / "static").rglob("*")):
        if path.is_file():
            state = path.stat()
            digest.update(f"{path}|{state.st_size}|{state.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _check_port(host: str, port: int) -> None:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except PermissionError:
        raise DemoError(f"没有权限使用端口 {port}，请用：make demo PORT=8000 (not permitted)") from None
    except (OSError, OverflowError) as error:
        if getattr(error, "errno", None) == 98:
            raise DemoError(f"端口 {port} 已被占用，请用：make demo PORT={port + 1} (port is busy)") from None
        raise DemoError(f"不能监听 {host}:{port}：{error} (cannot listen there)") from None


def _wait_until_ready(web: Service, host: str, port: int) -> None:
    """Wait for /livez, then for /readyz: database, migrations, walls, and the first sign of worker and beat."""
    deadline = time.monotonic() + ANSWER_SECONDS
    address = "127.0.0.1" if host.strip("0.") == "" else host
    for page in ("livez", "readyz"):
        while not answers(address, port, f"/{page}"):
            web.keep()
            if time.monotonic() > deadline:
                raise DemoError(
                    f"/{page} 在 {ANSWER_SECONDS} 秒内没有应答，见 {web.log} (no answer): {_tail(web.log)}"
                )
            time.sleep(0.3)


def _announce(environment: dict[str, str], host: str, port: int) -> None:
    shown = socket.gethostname() if host.strip("0.") == "" else host
    accounts = subprocess.run(
        [sys.executable, "manage.py", "demo_accounts"],
        env=environment,
        cwd=BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"\n  网址 (address)：http://{shown}:{port}/\n")
    print(f"  账号 (accounts)：\n{accounts.stdout or accounts.stderr}")
    print("  按 Ctrl-C 停止，数据保留；make reset-demo 重新开始 (Ctrl-C stops, data are kept)\n", flush=True)


def _tail(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else ""


def say(line: str) -> None:
    """Tell the user what goes on."""
    print(f"· {line}", flush=True)


@contextlib.contextmanager
def _signals_stop_us() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into Stopped; later ones must not cut the stopping short."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(number: int, frame: object) -> NoReturn:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    before = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make demo", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--home", type=Path, default=embedded.DEFAULT_HOME, help="where servers and data live"
    )
    parser.add_argument("--people", type=int, help="size of the city, when it is loaded")
    parser.add_argument("--reset", action="store_true", help="remove the demo's data and end")
    options = parser.parse_args(argv)
    try:
        with _signals_stop_us(), locked(options.home.with_suffix(".lock")):
            if options.reset:
                embedded.wipe(options.home)
                say("演示数据已删除，下次 make demo 重新载入 (demo data removed)")
            else:
                run(options.home, options.host, options.port, options.people)
    except Stopped:
        say("已停止，数据保留 (stopped, data are kept)")
    except Busy:
        print("✗ 演示已在运行，请先在那个窗口按 Ctrl-C (the demo is running already)", file=sys.stderr)
        return 1
    except (DemoError, embedded.EmbeddedError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
