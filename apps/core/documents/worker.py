"""The child process that renders: limited in memory, without network, without the portal's secrets.

Started by guarded.py as ``python -m apps.core.documents.worker BYTES SECONDS FOLDER``: its memory, the processor time
for one document, and a folder of its own for temporary files, which it removes at the end. It reads requests from
standard input and writes answers to standard output, each a length (8 bytes) and that many bytes of JSON or PDF. It
stays warm between documents, since reading the fonts takes longer than a page; it does not import Django.
"""

import base64
import contextlib
import ctypes
import json
import math
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
WARM_UP = "<html lang=zh-CN><title>-</title><p>一<p class=kai>一<p class=hei>一<p class=title>一"


def main() -> None:
    """Serve until standard input ends."""
    memory, seconds, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _leave_network()
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    try:
        serve(source, target, seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # the parent may be gone


def serve(source: BinaryIO, target: BinaryIO, seconds: int) -> None:
    """Answer one request after the other, each with its own allowance of processor time."""
    while (message := read(source)) is not None:
        allowance = math.ceil(time.process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (allowance, resource.RLIM_INFINITY))
        try:
            status, body = answer(json.loads(message))
        except MemoryError:
            status, body = "memory", b""
        write(target, status.encode())
        write(target, body)
        if status == "memory":
            return  # the heap is torn; the next document gets a new process


def answer(request: dict) -> tuple[str, bytes]:
    """Render one request: ("ok", PDF), ("refused", address), ("failed", detail) or ("memory", nothing)."""
    from apps.core.documents.errors import RefusedResource, RenderFailed
    from apps.core.documents.render import render_pdf

    font_dir = Path(request["font_dir"]) if request["font_dir"] else None
    pictures = {name: base64.b64decode(data) for name, data in request["pictures"].items()}
    try:
        return "ok", render_pdf(request["html"] or WARM_UP, pictures=pictures, font_dir=font_dir)
    except RefusedResource as error:
        return "refused", error.address.encode()
    except RenderFailed as error:
        return "failed", error.detail.encode()


def read(source: BinaryIO) -> bytes | None:
    """One message, or None at the end."""
    length = source.read(8)
    return source.read(int.from_bytes(length, "big")) if len(length) == 8 else None


def write(target: BinaryIO, message: bytes) -> None:
    """Send one message."""
    target.write(len(message).to_bytes(8, "big") + message)
    target.flush()


def _leave_network() -> None:
    """Move into a network namespace without any interface where the host allows it; else the fetcher alone guards."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        if libc.unshare(CLONE_NEWNET) != 0:
            libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


if __name__ == "__main__":
    main()
