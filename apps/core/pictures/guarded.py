"""A photograph out of whatever was sent, or a refusal in words. The picture is opened in child.py, never here."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BASE_DIR = Path(__file__).resolve().parents[3]
MAX_BYTES = 15 * 1024 * 1024
SECONDS = 40
"""By the clock; the child's own limit is on processor time."""
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
REASONS = {
    "empty": "文件是空的，请重新选择照片。",
    "too-many-bytes": f"照片超过 {MAX_BYTES // 1024 // 1024} MB，请用小一些的照片。",
    "too-large": "照片的像素过多，请缩小到 5000 万像素以内再传。",
    "too-small": "照片或选取的部分太小，看不清人，请换一张清楚的照片。",
    "damaged": "照片损坏，打不开，请换一个文件。",
    "heic": "这是苹果手机的 HEIC 照片，请在手机上改存为 JPEG 再传。",
    "no-picture": "不是能用的照片。请用 JPEG、PNG、WebP 或 BMP 格式的照片。",
}


class PictureRefused(Exception):
    """No photograph was made; ``code`` is a key of REASONS, the text is for the person who sent it."""

    def __init__(self, code: str) -> None:
        super().__init__(REASONS[code])
        self.code = code


@dataclass(frozen=True)
class Box:
    """The part of the upright picture to keep, as fractions of its width and height."""

    left: float
    top: float
    width: float


@dataclass(frozen=True)
class Photograph:
    """A picture and a smaller one, both JPEG without metadata; of a person two inches (413 × 626) and 105 × 159."""

    full: bytes
    thumbnail: bytes


def make_photograph(content: bytes, box: Box | None = None) -> Photograph:
    """Cut ``content`` to two inches. Without a box the middle is taken. Raises PictureRefused."""
    _refuse(content)
    return Photograph(*_made(content, {"box": [box.left, box.top, box.width] if box else None}))


def make_whole(content: bytes) -> Photograph:
    """The whole picture, at most 1600 × 1600, and small, at most 320 × 320. Raises PictureRefused."""
    _refuse(content)
    return Photograph(*_made(content, {"whole": True}))


def _refuse(content: bytes) -> None:
    if not content:
        raise PictureRefused("empty")
    if len(content) > MAX_BYTES:
        raise PictureRefused("too-many-bytes")
    if content[4:8] == b"ftyp" and content[8:12] in {b"heic", b"heix", b"mif1", b"hevc", b"msf1"}:
        raise PictureRefused("heic")


def make_glance(content: bytes) -> bytes:
    """A whole picture made small (at most 120 × 120), JPEG without metadata. Raises PictureRefused."""
    if not content or len(content) > MAX_BYTES:
        raise PictureRefused("too-many-bytes" if content else "empty")
    return _made(content, {"glance": True})[0]


def _made(content: bytes, request: dict[str, Any]) -> tuple[bytes, bytes]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1", "MALLOC_ARENA_MAX": "2"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "apps.core.pictures.child"],
            input=json.dumps(request).encode() + b"\n" + content,
            capture_output=True,
            cwd=BASE_DIR,
            env=environment,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise PictureRefused("too-large") from None
    head, _, body = done.stdout.partition(b"\n")
    if done.returncode != 0 or not head:
        raise PictureRefused("too-large" if done.returncode < 0 else "damaged")
    answer = json.loads(head)
    if "refused" in answer:
        raise PictureRefused(answer["refused"])
    length = answer["ok"][0]
    return body[:length], body[length:]
