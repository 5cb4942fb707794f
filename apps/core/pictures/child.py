"""The process that opens a picture: ``python -m apps.core.pictures.child``, no environment, little memory, no files.

Reads one line of JSON from standard input ({"box": [left, top, width, height] or null}, fractions of the upright
picture, or {"glance": true}, or {"whole": true}) and the picture behind it. Writes {"ok": [length, length]} and two
JPEG files (of a glance the second is empty), or {"refused": code}. Whatever stood beside the pixels (EXIF with the
place, profiles, comments, thumbnails) is not read, so it cannot be written.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from typing import Any

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 15
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
PHOTO = (413, 626)
"""Two inches, 35 × 53 mm at 300 dots an inch."""
THUMBNAIL = (105, 159)
GLANCE = (120, 120)
"""A paper at a glance: which one it is can be seen, no number on it can be read."""
WHOLE, WHOLE_SMALL = (1600, 1600), (320, 320)
"""A picture of an event, and as it stands in a row of them."""
LEAST = (80, 120)
"""A part smaller than this is no photograph of a face."""
DPI = 300


def limit_resources() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # A core file would leave the picture on the disk.
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class Refused(Exception):
    """The code that guarded.py has words for."""


def photograph(content: bytes, box: list[float] | None) -> tuple[bytes, bytes]:
    """The two-inch photograph and the thumbnail, as JPEG without metadata."""
    image, pillow = _upright(content)
    part = image.crop(_pixels(box, image.size))
    if part.width < LEAST[0] or part.height < LEAST[1]:
        raise Refused("too-small")
    return _jpeg(part, PHOTO, pillow), _jpeg(part, THUMBNAIL, pillow)


def glance(content: bytes) -> bytes:
    """The whole picture, small."""
    image, pillow = _upright(content)
    return _within(image, GLANCE, pillow)


def whole(content: bytes) -> tuple[bytes, bytes]:
    """The whole picture, and small."""
    image, pillow = _upright(content)
    return _within(image, WHOLE, pillow), _within(image, WHOLE_SMALL, pillow)


def _within(image: Any, most: tuple[int, int], pillow: Any) -> bytes:
    scale = min(most[0] / image.width, most[1] / image.height, 1)
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return _jpeg(image, size, pillow)


def _upright(content: bytes) -> tuple[Any, Any]:
    """The picture on white paper, turned as it was taken, and the library that reads it."""
    from PIL import Image, ImageOps, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    try:
        image: Any = Image.open(io.BytesIO(content), formats=FORMATS)
        if image.width * image.height > MAX_PIXELS:
            raise Refused("too-large")
        return ImageOps.exif_transpose(_flat(image, Image)), Image
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        bomb = not isinstance(error, UnidentifiedImageError)
        raise Refused("too-large" if bomb else "no-picture") from None
    except (MemoryError, Refused):
        raise
    except Exception:  # decoders raise whatever they like at a damaged file
        raise Refused("damaged") from None


def _flat(image: Any, pillow: Any) -> Any:
    """Red, green, blue on white paper; the orientation is still with it."""
    orientation = image.getexif().get(0x0112)
    if image.mode in ("RGBA", "LA", "PA", "P"):
        image = image.convert("RGBA")
        paper = pillow.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    else:
        image = image.convert("RGB")
    image.getexif().clear()
    if orientation:
        image.getexif()[0x0112] = orientation
    return image


def _pixels(box: list[float] | None, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The part to keep: as chosen, else the largest of the right shape in the middle; never outside the picture."""
    width, height = size
    shape = PHOTO[0] / PHOTO[1]
    if box is None:
        wide = min(width, round(height * shape))
        high = min(height, round(width / shape))
        left, top = (width - wide) // 2, (height - high) // 2
        return left, top, left + wide, top + high
    left, top = (
        min(max(round(box[0] * width), 0), width - 1),
        min(max(round(box[1] * height), 0), height - 1),
    )
    wide = max(1, min(round(box[2] * width), width - left))
    high = max(1, min(round(wide / shape), height - top))
    return left, top, left + min(wide, max(1, round(high * shape))), top + high


def _jpeg(part: Any, size: tuple[int, int], pillow: Any) -> bytes:
    made = pillow.new("RGB", size)
    made.paste(part.resize(size, pillow.Resampling.LANCZOS))  # a new picture: nothing of the old one hangs on
    target = io.BytesIO()
    made.save(target, "JPEG", quality=90, optimize=True, dpi=(DPI, DPI))
    return target.getvalue()


def main() -> None:
    limit_resources()
    request = json.loads(sys.stdin.buffer.readline())
    answer: dict[str, Any]
    try:
        content = sys.stdin.buffer.read()
        if request.get("whole"):
            files = whole(content)
        else:
            files = (glance(content), b"") if request.get("glance") else photograph(content, request["box"])
    except Refused as refusal:
        answer, files = {"refused": str(refusal)}, (b"", b"")
    except MemoryError:
        answer, files = {"refused": "too-large"}, (b"", b"")
    else:
        answer = {"ok": [len(file) for file in files]}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + b"".join(files))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
