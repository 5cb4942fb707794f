"""Rendering in a child process with limits: a document that is a bomb takes only itself down.

The child (worker.py) is started once per process that renders and stays warm. It is not made by ``multiprocessing``:
Celery's own children may have none, and a fork would copy Pango's threads as locks that nobody opens again.
"""

import atexit
import base64
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from apps.core.documents.errors import DocumentError, RefusedResource, RenderFailed, TooLarge, TooSlow

BASE_DIR = Path(__file__).resolve().parents[3]
MEMORY = 1024 * 1024 * 1024
SECONDS = 60  # of processor time; a busy machine may take longer by the clock
PATIENCE = 5  # times as long, by the clock
DOCUMENTS = 200  # after so many a child is replaced, whatever it may have kept
PASSED_ON = ("PATH", "LANG", "LC_ALL", "HOME", "LD_LIBRARY_PATH")


class _Child:
    """A running worker.py and its two pipes."""

    def __init__(self, memory: int, seconds: int) -> None:
        self.folder = tempfile.mkdtemp(prefix="portal-render-")
        self.owner = os.getpid()
        self.seconds = seconds
        self.rendered = 0
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
        limits = [str(memory), str(seconds)]
        command = [sys.executable, "-m", "apps.core.documents.worker", *limits, self.folder]
        requests, self._requests = os.pipe()
        self._answers, answers = os.pipe()
        try:
            self._process = subprocess.Popen(
                command, cwd=BASE_DIR, env=environment, stdin=requests, stdout=answers, start_new_session=True
            )
        finally:
            os.close(requests)
            os.close(answers)

    def is_usable(self) -> bool:
        """Whether it runs, and is ours: after a fork it belongs to the parent."""
        return self.owner == os.getpid() and self._process.poll() is None

    def send(self, message: bytes) -> None:
        """Ask. Raises why the child is gone if it is."""
        rest = memoryview(len(message).to_bytes(8, "big") + message)
        try:
            while rest:
                rest = rest[os.write(self._requests, rest) :]
        except BrokenPipeError:
            raise self._end_reason() from None

    def receive(self, deadline: float) -> bytes:
        """One answer, never waiting beyond the deadline (TimeoutError)."""
        return self._read(int.from_bytes(self._read(8, deadline), "big"), deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        while count:
            ready, _, _ = select.select([self._answers], [], [], max(deadline - time.monotonic(), 0))
            if not ready:
                raise TimeoutError
            part = os.read(self._answers, min(count, 1 << 20))
            if not part:
                raise self._end_reason()
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def _end_reason(self) -> DocumentError:
        """A signal means that it ran into a limit, anything else is a fault in the set-up."""
        code = self._process.wait(timeout=10)
        if code == -signal.SIGXCPU:
            return TooSlow(self.seconds)
        return TooLarge() if code < 0 else RenderFailed(f"renderer ended with code {code}")

    def end(self) -> None:
        """Kill it and clear up behind it."""
        os.close(self._requests)
        os.close(self._answers)
        if self.owner == os.getpid():
            self._process.kill()
            self._process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)


class Renderer:
    """Keeps one warm child. Safe for threads (one document at a time) and for forks."""

    def __init__(self, *, memory: int = MEMORY, seconds: int = SECONDS) -> None:
        self.memory, self.seconds = memory, seconds
        self._lock = Lock()
        self._child: _Child | None = None

    def render(
        self, html: str, *, pictures: Mapping[str, bytes] | None = None, font_dir: Path | None = None
    ) -> bytes:
        """As ``render_pdf``, in the child. Also raises TooLarge and TooSlow; the next call starts a new child."""
        request = {
            "html": html,
            "font_dir": str(font_dir) if font_dir else "",
            "pictures": {name: base64.b64encode(data).decode() for name, data in (pictures or {}).items()},
        }
        with self._lock:
            try:
                status, body = self._ask(json.dumps(request).encode())
            except TimeoutError:
                self._drop()
                raise TooSlow(self.seconds) from None
            except BaseException:
                self._drop()
                raise
        return _outcome(status, body)

    def warm_up(self, font_dir: Path | None = None) -> None:
        """Start the child and let it read the fonts, so that the first document need not wait."""
        self.render("", font_dir=font_dir)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._drop()

    def _ask(self, message: bytes) -> tuple[str, bytes]:
        if self._child is not None and not self._child.is_usable():
            self._drop()
        child = self._child = self._child or _Child(self.memory, self.seconds)
        deadline = time.monotonic() + self.seconds * PATIENCE
        child.send(message)
        status, body = child.receive(deadline).decode(), child.receive(deadline)
        child.rendered += 1
        if status == "memory" or child.rendered >= DOCUMENTS:
            self._drop()
        return status, body

    def _drop(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


def _outcome(status: str, body: bytes) -> bytes:
    match status:
        case "ok":
            return body
        case "refused":
            raise RefusedResource(body.decode())
        case "memory":
            raise TooLarge
        case _:
            raise RenderFailed(body.decode())


_renderer = Renderer()
atexit.register(_renderer.close)


def render_pdf_guarded(
    html: str, *, pictures: Mapping[str, bytes] | None = None, font_dir: Path | None = None
) -> bytes:
    """Render a document in the process's warm child, within 1 GiB and 60 seconds of its time.

    Takes what ``render_pdf`` takes. Raises RefusedResource, TooLarge, TooSlow or RenderFailed, all DocumentError with
    a message for the person waiting.
    """
    return _renderer.render(html, pictures=pictures, font_dir=font_dir)


def warm_up(font_dir: Path | None = None) -> None:
    """Start this process's child ahead of the first document; for Celery's ``worker_process_init``."""
    _renderer.warm_up(font_dir)
