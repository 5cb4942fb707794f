"""Starting, recognising and ending server processes, so that none is orphaned and no stranger is ever signalled."""

import contextlib
import ctypes
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

_PR_SET_PDEATHSIG = 1
# Loaded here because nothing may be loaded between fork and exec.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Busy(RuntimeError):
    """Another process holds the lock."""


class Child(subprocess.Popen[bytes]):
    """A process that may outlive the variable that holds it."""

    def __del__(self) -> None:
        """Servers are found again by what they are (``find``); a dropped handle is no leak here."""


@dataclass(frozen=True)
class Account:
    """A system account to run a server under."""

    name: str
    uid: int
    gid: int

    @classmethod
    def named(cls, name: str) -> "Account":
        """Look the account up; raises KeyError if there is none."""
        entry = pwd.getpwnam(name)
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)


def spawn(
    command: list[str],
    *,
    log: Path,
    account: Account | None = None,
    dies_with_us: int | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | str | None = None,
) -> "Child":
    """Start a process in a session of its own (a Ctrl-C in the terminal is ours to pass on) and return it.

    log: file its output is added to. account: run it as this user (needs root). dies_with_us: signal that the
    kernel sends it when we die, even by SIGKILL; only on Linux.
    """
    with open(os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "ab") as output:
        return Child(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            preexec_fn=_bind(dies_with_us) if dies_with_us is not None and _libc else None,
            **identity(account),
        )


def identity(account: Account | None) -> dict[str, Any]:
    """Arguments for subprocess that make a child run as ``account``; none for None."""
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if account else {}


def _bind(signal_number: int) -> Callable[[], None]:
    parent = os.getpid()

    def before_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal_number)  # type: ignore[union-attr]
        if os.getppid() != parent:  # we died before the call above
            os._exit(1)

    return before_exec


def rotate(log: Path, limit: int = 10 * 1024 * 1024) -> None:
    """Make the folder of ``log`` and put a large log aside; one older file is kept."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > limit:
        log.replace(log.with_suffix(".log.1"))


def find(pid: int | None, *, name: str, directory: Path) -> psutil.Process | None:
    """Return process ``pid`` if it is a ``name`` that works in ``directory``, else None.

    A process id from a file proves nothing: after a crash or a restart of the machine the number may
    belong to anybody. What a server cannot lose is its program and its working directory.
    """
    if not pid:
        return None
    try:
        process = psutil.Process(pid)
        same = process.name().startswith(name) and Path(process.cwd()) == directory.resolve()
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.Error:
        return None


def end(process: psutil.Process, *signals: int, patience: float = 30.0) -> None:
    """Ask ``process`` to stop with each signal in turn, waiting ``patience`` seconds after each; the last resort
    is SIGKILL."""
    for number in (*signals, signal.SIGKILL):
        try:
            process.send_signal(number)
            process.wait(patience)
            return
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue


@contextlib.contextmanager
def locked(path: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Hold an exclusive lock on ``path``; the system drops it if we die. Raises Busy after ``wait`` seconds."""
    deadline = time.monotonic() + wait
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "a") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Busy(str(path)) from None
                time.sleep(0.1)
        yield
