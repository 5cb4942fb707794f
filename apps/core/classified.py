"""Marks of secrecy (密级标志) as papers bear them: 绝密★, 机密★10年, 秘密★长期 (security.md D12; GB/T 9704-2012 7.2.2).

Only the mark is looked for, a degree with its star. The word alone says nothing: 机密档案室 and 曾任机要秘书 stand in
many a record. What is read of a file is its text, with limits, by no parser; scanned pages and the text of a
PDF cannot be read here.
"""

import html
import io
import re
import zipfile
from collections.abc import Callable

MARK = re.compile(
    r"[绝机秘]\s*密\s*(?:级\s*)?(?:[★☆⭐]|[*＊]\s*(?:[0-9０-９一二三四五六七八九十]{1,3}\s*(?:年|个月|月|日|天)|长期|启用前|解密))"
)
STAR = re.compile("[★☆⭐*＊]")
STARS = tuple(star.encode() for star in ("★", "☆", "⭐", "*", "＊", "&#"))
PARTS = re.compile(
    r"word/(document|header\d*|footer\d*|footnotes|comments)\.xml|xl/(sharedStrings|worksheets/[^/]+)\.xml"
    r"|docProps/(core|app|custom)\.xml|[^/]+\.lrmx"
)
_ENDS = re.compile(r"</(?:w:p|si|is|c|row|oddHeader|oddFooter|dc:[a-z]+|cp:[a-z]+)>")
_TAG = re.compile(r"<[^<>]*>")
MOST_PART = 64 * 1024 * 1024
MOST_ALL = 160 * 1024 * 1024
MOST_ENTRIES = 5000
PIECE = 1024 * 1024
OVERLAP = 4096


def is_marked(text: str) -> bool:
    """Whether a mark of secrecy stands in ``text``."""
    return bool(STAR.search(text) and MARK.search(text))


def is_marked_file(content: bytes, name: str = "") -> bool:
    """Whether a file's name or readable text bears a mark. What cannot be opened is left to whoever judges the file."""
    if is_marked(name):
        return True
    if content.startswith(b"PK"):
        return _in_archive(content)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return is_marked(content.decode("utf-16-le", "ignore")) or is_marked(
            content[1:].decode("utf-16-le", "ignore")
        )
    return any(is_marked(_plain(text)) for text in _texts(content))


def _texts(content: bytes) -> list[str]:
    """A text in each of the encodings that offices use; other files give nothing that looks like a mark."""
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG")):
        return []
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return [content.decode("utf-16", "ignore")]
    found = [content.decode("utf-8", "ignore")]
    if not content.startswith(b"%PDF"):
        found.append(content.decode("gb18030", "ignore"))
    return found


def _plain(text: str) -> str:
    """Without tags, so that a mark set in several runs is one again; ends of cells and paragraphs stay ends."""
    text = _TAG.sub("", _ENDS.sub("\x00", text))
    return html.unescape(text) if "&#" in text else text


def _in_archive(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            left = MOST_ALL
            for entry in archive.infolist()[:MOST_ENTRIES]:
                if PARTS.fullmatch(entry.filename):
                    read, found = _in_part(archive, entry, min(left, MOST_PART))
                    left -= read
                    if found:
                        return True
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        RuntimeError,
        OSError,
        ValueError,
        EOFError,
    ):
        return False
    return False


def _in_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> tuple[int, bool]:
    """Bytes read and whether the part bears a mark; piece by piece, each with the end of the one before."""
    read, rest = 0, b""
    with archive.open(entry) as stream:
        while read < most and (piece := stream.read(min(PIECE, most - read))):
            read += len(piece)
            window = rest + piece
            starred = any(star in window for star in STARS)
            if starred and is_marked(_plain(window.decode("utf-8", "ignore"))):
                return read, True
            rest = piece[-OVERLAP:]
    return read, False


Refuse = Callable[[str], None]
_refuse: list[Refuse] = []


def register_refusal(refuse: Refuse) -> None:
    """Connect who refuses marked texts and tells the log (apps/audit, in AppConfig.ready())."""
    _refuse[:] = [refuse]


def refuse_marked(text: str) -> None:
    """Validator of texts that people type (apps/core/inputs.py). Raises ValidationError for one that bears a mark."""
    for refuse in _refuse:
        refuse(text)
