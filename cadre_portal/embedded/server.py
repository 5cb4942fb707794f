"""What starting, finding and stopping have in common for both servers."""

import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import psutil

from cadre_portal.embedded.account import EmbeddedError, make_folder
from cadre_portal.embedded.ports import candidates
from cadre_portal.processes import Account, end, find, spawn

START_SECONDS = 90  # crash recovery of a large cluster takes a while
STOP_SECONDS = 60


class NotYet(Exception):
    """It does not answer, or says that it is not ready."""


class _Ended(Exception):
    """The process ended instead of answering."""


class _PortTaken(Exception):
    """Somebody took the port in the meantime."""


@dataclass(frozen=True)
class Server(ABC):
    """One server: where its data lie and how it is run."""

    data: Path
    log: Path
    password: str
    account: Account | None
    fast: bool = False

    title: ClassVar[str]
    program: ClassVar[str]
    busy: ClassVar[tuple[str, ...]]
    """What its log says when the port is taken."""
    stop_signals: ClassVar[tuple[int, ...]]
    """The first stops it without loss; the others only if that hangs."""

    @abstractmethod
    def address(self) -> tuple[int, int] | None:
        """Process id and port, as the server itself wrote them; either may be out of date."""

    @abstractmethod
    def last_port(self) -> int | None:
        """The port of last time, kept so that a URL in somebody's shell stays right."""

    @abstractmethod
    def prepare(self) -> None:
        """Make the data if there are none, and clear what a crash left behind. It does not run now."""

    @abstractmethod
    def command(self, port: int) -> list[str]:
        """The command that runs it on ``port`` in the foreground."""

    @abstractmethod
    def ask(self, port: int) -> None:
        """Sign in. Raises NotYet if it should be asked again, EmbeddedError if there is no point in it."""

    def running(self) -> tuple[psutil.Process, int] | None:
        """Return its process and port if it runs, whoever started it."""
        try:
            address = self.address()
        except PermissionError:
            make_folder(self.data, self.account)  # says whose it is
            raise
        if address is None:
            return None
        process = find(address[0], name=self.program, directory=self.data)
        return (process, address[1]) if process else None

    def start(self, *, dies_with_us: bool) -> tuple[int, bool]:
        """Make sure it runs; return its port and whether we started it. The caller holds the home's lock."""
        found = self.running()
        if found and self._stays(*found):
            return found[1], False
        self.prepare()
        for port in candidates(self.last_port()):
            try:
                self._launch(port, dies_with_us)
            except _PortTaken:
                continue
            return port, True
        raise EmbeddedError(f"找不到空闲端口给 {self.title} (no free port for {self.title})")

    def stop(self) -> bool:
        """Stop it; return whether it ran."""
        found = self.running()
        if found:
            end(found[0], *self.stop_signals, patience=STOP_SECONDS)
        return found is not None

    def _stays(self, process: psutil.Process, port: int) -> bool:
        """Whether a server that runs already goes on: one whose starter was killed just now is on its way out."""
        try:
            for _ in range(2):
                self._wait(process, port)
                time.sleep(0.2)
        except _Ended:
            return False
        return True

    def _launch(self, port: int, dies_with_us: bool) -> None:
        offset = self.log.stat().st_size if self.log.exists() else 0
        child = spawn(
            self.command(port),
            log=self.log,
            account=self.account,
            dies_with_us=self.stop_signals[0] if dies_with_us else None,
            cwd="/",
        )
        try:
            self._wait(psutil.Process(child.pid), port)
        except (_Ended, psutil.NoSuchProcess) as ended:
            said = self._said_since(offset)
            if any(words in said for words in self.busy):
                raise _PortTaken from ended
            raise EmbeddedError(
                f"{self.title} 启动失败，见 {self.log} (did not start): {said[-600:]}"
            ) from ended

    def _wait(self, process: psutil.Process, port: int) -> None:
        """Wait until it answers. Raises _Ended when the process ends instead."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            # Asked first: a stranger may answer on the port of one that died.
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                raise _Ended
            try:
                return self.ask(port)
            except NotYet as reason:
                if time.monotonic() > deadline:
                    raise EmbeddedError(f"{self.title} 没有应答 (no answer): {reason}") from reason
            time.sleep(0.05)

    def _said_since(self, offset: int) -> str:
        with open(self.log, "rb") as file:
            file.seek(offset)
            return file.read().decode(errors="replace").strip()
