"""One PostgreSQL cluster: made whole or not at all, found again after a crash, stopped without loss."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from cadre_portal.embedded.account import EmbeddedError, make_folder, postgres_binaries
from cadre_portal.embedded.ports import LOOPBACK, PortTaken, candidates
from cadre_portal.processes import Account, end, find, identity, spawn

SUPERUSER = "postgres"
START_SECONDS = 90  # crash recovery of a large cluster takes a while
NORMAL = {
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    # Statements carry people's names; an error's text is enough for the log.
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
}
# For tests: nothing survives a power cut, and nothing has to.
FAST = NORMAL | {
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "checkpoint_timeout": "30min",
    "max_wal_size": "2GB",
    "jit": "off",
}


@dataclass(frozen=True)
class Cluster:
    """Where a cluster lies and how it is run."""

    data: Path
    log: Path
    password: str
    account: Account | None
    fast: bool = False

    def running(self) -> tuple[psutil.Process, int] | None:
        """Return its postmaster and port if it runs, whoever started it."""
        lines = self._pid_file()
        if len(lines) < 4:
            return None
        process = find(int(lines[0]), name="postgres", directory=self.data)
        return (process, int(lines[3])) if process else None

    def url(self, port: int, database: str = "postgres") -> str:
        """Connection string of the superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{port}/{database}"

    def start(self, *, dies_with_us: bool) -> tuple[int, bool]:
        """Make sure it runs; return its port and whether we started it. The caller holds the home's lock."""
        found = self.running()
        if found:
            self._wait(found[1], lambda: found[0].is_running(), offset=None)
            return found[1], False
        self._make()
        lines = self._pid_file()
        # Not ours (checked above), so a leftover: PostgreSQL would refuse if the number is somebody else's by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        for port in candidates(int(lines[3]) if len(lines) >= 4 else self._last_port()):
            try:
                self._launch(port, dies_with_us)
            except PortTaken:
                continue
            self.data.with_suffix(".port").write_text(str(port))
            return port, True
        raise EmbeddedError("找不到空闲端口给 PostgreSQL (no free port for PostgreSQL)")

    def stop(self) -> bool:
        """Stop it with a checkpoint; return whether it ran."""
        found = self.running()
        if found:
            # SIGINT: fast shutdown, clients are cut off; SIGQUIT only if that hangs (recovery at the next start).
            end(found[0], signal.SIGINT, signal.SIGQUIT, patience=60)
        return found is not None

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return []
        except PermissionError:
            make_folder(self.data, self.account)  # says whose it is
            raise

    def _last_port(self) -> int | None:
        try:
            return int(self.data.with_suffix(".port").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def _make(self) -> None:
        """Run initdb beside the final place and rename, so that a cluster that exists is a whole one."""
        if (self.data / "PG_VERSION").exists():
            make_folder(self.data, self.account)
            self._check_version()
            return
        draft = self.data.with_suffix(".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        make_folder(draft, self.account)
        password_file = draft.with_name(f".{secrets.token_hex(8)}")
        password_file.touch(mode=0o600)
        try:
            password_file.write_text(self.password)
            if self.account:
                os.chown(password_file, self.account.uid, self.account.gid)
            self._initdb(draft, password_file)
        finally:
            password_file.unlink()
        draft.rename(self.data)

    def _initdb(self, draft: Path, password_file: Path) -> None:
        command = [
            str(postgres_binaries(self.account) / "initdb"),
            f"--pgdata={draft}",
            f"--username={SUPERUSER}",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            # See provision.py on why LC_CTYPE has to be C.UTF-8 as well.
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C.UTF-8",
            *(["--no-sync"] if self.fast else []),
        ]
        result = subprocess.run(
            command, cwd="/", capture_output=True, text=True, check=False, **identity(self.account)
        )
        if result.returncode != 0:
            raise EmbeddedError(f"建立 PostgreSQL 数据目录失败 (initdb): {result.stderr.strip()[-600:]}")

    def _check_version(self) -> None:
        ours = subprocess.run(
            [str(postgres_binaries(self.account) / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()[2]
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if ours.split(".")[0] != made_by:
            raise EmbeddedError(
                f"数据目录是 PostgreSQL {made_by} 建的，现在装的是 {ours}：请先用旧版导出，再 make reset-demo"
                f" (made by PostgreSQL {made_by}, installed is {ours})"
            )

    def _launch(self, port: int, dies_with_us: bool) -> None:
        settings = {"port": port, "listen_addresses": LOOPBACK, "unix_socket_directories": ""}
        settings |= FAST if self.fast else NORMAL
        offset = self.log.stat().st_size if self.log.exists() else 0
        child = spawn(
            [
                str(postgres_binaries(self.account) / "postgres"),
                "-D",
                str(self.data),
                *(f"--{name.replace('_', '-')}={value}" for name, value in settings.items()),
            ],
            log=self.log,
            account=self.account,
            dies_with_us=signal.SIGINT if dies_with_us else None,
            cwd="/",
        )
        self._wait(port, lambda: child.poll() is None, offset=offset)

    def _wait(self, port: int, alive: Callable[[], bool], *, offset: int | None) -> None:
        """Wait until it answers. Raises PortTaken or EmbeddedError when the process ends instead."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            ended = not alive()  # asked before connecting: a stranger may answer on the port of one that died
            try:
                if not ended:
                    psycopg.connect(self.url(port), connect_timeout=3).close()
                    return
            except psycopg.OperationalError as error:
                refused = "password authentication failed" in str(error)
                if refused or time.monotonic() > deadline:
                    raise EmbeddedError(
                        f"PostgreSQL 没有应答 (no answer): {str(error).strip()[-300:]}"
                    ) from error
            if ended:
                said = self._said_since(offset)
                if "could not bind" in said:
                    raise PortTaken
                raise EmbeddedError(f"PostgreSQL 启动失败，见 {self.log} (did not start): {said[-600:]}")
            time.sleep(0.05)

    def _said_since(self, offset: int | None) -> str:
        with open(self.log, "rb") as file:
            file.seek(offset or 0)
            return file.read().decode(errors="replace").strip()
