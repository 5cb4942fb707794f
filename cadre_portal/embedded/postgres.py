"""One PostgreSQL cluster: made whole or not at all, found again after a crash, stopped without loss."""

import os
import secrets
import shutil
import signal
import subprocess
from pathlib import Path
from typing import ClassVar

import psycopg

from cadre_portal.embedded.account import EmbeddedError, make_folder, postgres_binaries
from cadre_portal.embedded.ports import LOOPBACK
from cadre_portal.embedded.server import NotYet, Server
from cadre_portal.processes import identity

SUPERUSER = "postgres"
NORMAL = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
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


class Cluster(Server):
    """A cluster of our own, with a superuser of its own."""

    title: ClassVar[str] = "PostgreSQL"
    program: ClassVar[str] = "postgres"
    busy: ClassVar[tuple[str, ...]] = ("could not bind",)
    # SIGINT cuts clients off and writes a checkpoint; after SIGQUIT the next start has to recover.
    stop_signals: ClassVar[tuple[int, ...]] = (signal.SIGINT, signal.SIGQUIT)

    def url(self, port: int, database: str = "postgres") -> str:
        """Connection string of the superuser."""
        return f"postgresql://{SUPERUSER}:{self.password}@{LOOPBACK}:{port}/{database}"

    def address(self) -> tuple[int, int] | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return (int(lines[0]), int(lines[3])) if len(lines) >= 4 else None

    def last_port(self) -> int | None:
        try:
            return int(self._port_file.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def command(self, port: int) -> list[str]:
        self._port_file.write_text(str(port))
        settings = (FAST if self.fast else NORMAL) | {"port": str(port)}
        options = [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
        return [str(postgres_binaries(self.account) / "postgres"), "-D", str(self.data), *options]

    def ask(self, port: int) -> None:
        try:
            psycopg.connect(self.url(port), connect_timeout=3).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise EmbeddedError(f"PostgreSQL 拒绝了密码 (wrong password): {error}") from error
            raise NotYet(str(error).strip()[-300:]) from error

    def prepare(self) -> None:
        """Run initdb beside the final place and rename, so that a cluster that exists is a whole one."""
        if (self.data / "PG_VERSION").exists():
            make_folder(self.data, self.account)
            self._check_version()
            # Not of a server that runs; PostgreSQL would refuse if the number is somebody else's by now.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            return
        if (self.data / "global").exists():
            raise EmbeddedError(
                f"{self.data} 已损坏（缺 PG_VERSION）：请从备份恢复，或用 make reset-demo 重新开始 (damaged)"
            )
        draft = self.data.with_suffix(".new")
        for leftover in (draft, self.data):
            shutil.rmtree(leftover, ignore_errors=True)
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

    @property
    def _port_file(self) -> Path:
        return self.data.with_suffix(".port")

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
        command = [str(postgres_binaries(self.account) / "postgres"), "--version"]
        ours = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[2]
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if ours.split(".")[0] != made_by:
            raise EmbeddedError(
                f"数据目录是 PostgreSQL {made_by} 建的，现在装的是 {ours}：请先用旧版导出，再 make reset-demo"
                f" (made by PostgreSQL {made_by}, installed is {ours})"
            )
