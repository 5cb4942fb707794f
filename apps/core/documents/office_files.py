"""Looking into an uploaded docx or xlsx before any parser does: what may be a form, and what is refused.

A form is the office's own file with fields in double braces. It is opened by libraries that trust it, so it must not
be a bomb, carry programs, or reach out of itself. ``apps/imports/reading`` asks the same of rosters, whose parser
runs in a child process; forms are small, so a stricter and shorter look is enough.
"""

import io
import re
import zipfile

from apps.core.documents.errors import DocumentError

MAX_FILE = 5 * 1024 * 1024
MAX_ENTRIES = 400
MAX_REAL = 24 * 1024 * 1024
MAX_PART = 8 * 1024 * 1024
MAX_RATIO = 200
_PROGRAMS = re.compile(r"vbaproject|/activex/|/embeddings/|macrosheets|\.bin$|\.exe$|\.js$", re.IGNORECASE)
_DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_HYPERLINK = re.compile(rb"Type\s*=\s*[\"'][^\"']*/hyperlink[\"']", re.IGNORECASE)
_MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class RefusedForm(DocumentError):
    """The file cannot be a form; the text says why and what to do."""


def kind_of(content: bytes) -> str:
    """ "docx" or "xlsx", judged by what the file holds, after a look at all of it.

    Raises RefusedForm for anything else, and for what may harm: too large, a bomb, programs, foreign contents.
    """
    if len(content) > MAX_FILE:
        raise RefusedForm("文件超过 5 MB。表样一般只有几十 KB，请去掉图片后再传。")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return _look(archive)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise RefusedForm("不是 Word（.docx）或 Excel（.xlsx）文件，或文件已损坏、已加密。") from None


def _look(archive: zipfile.ZipFile) -> str:
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    if len(entries) > MAX_ENTRIES or len(set(names)) != len(names):
        raise RefusedForm("文件内部的部件太多或有重复，请在 WPS 或 Office 里另存一份再传。")
    real = 0
    for entry in entries:
        if entry.filename.startswith(("/", "\\")) or ".." in entry.filename or "\\" in entry.filename:
            raise RefusedForm("文件内部有不正常的路径，没有接受。")
        if _PROGRAMS.search(entry.filename):
            raise RefusedForm("文件里有宏、控件或嵌入的对象。请另存为不带宏的 .docx 或 .xlsx 再传。")
        part = _read(archive, entry)
        real += len(part)
        if real > MAX_REAL:
            raise RefusedForm("文件解开后太大，没有接受。")
        _check_part(entry.filename, part)
    for kind, main in _MAIN.items():
        if main in names and "[Content_Types].xml" in names:
            return kind
    raise RefusedForm("只接受 Word（.docx）或 Excel（.xlsx）文件；.doc、.xls、.wps 请先另存。")


def _read(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """A part, never more of it than is allowed, whatever the archive says of its size."""
    with archive.open(entry) as stream:
        part = stream.read(MAX_PART + 1)
    if len(part) > MAX_PART or (len(part) > 65536 and len(part) > MAX_RATIO * max(entry.compress_size, 1)):
        raise RefusedForm("文件解开后太大，没有接受。")
    return part


def _check_part(name: str, part: bytes) -> None:
    if not name.endswith((".xml", ".rels", ".vml")):
        return
    plain = (
        part if b"\x00" not in part[:200] else part.replace(b"\x00", b"")
    )  # UTF-16 hides words from a search
    if _DTD.search(plain):
        raise RefusedForm("文件里有外部定义，没有接受。")
    if name == "[Content_Types].xml" and b"macroenabled" in plain.lower():
        raise RefusedForm("文件带宏。请另存为不带宏的 .docx 或 .xlsx 再传。")
    if name.endswith(".rels") and any(
        not _HYPERLINK.search(found.group()) for found in _EXTERNAL.finditer(plain)
    ):
        raise RefusedForm("文件引用了外部的图片、模板或工作簿。请去掉链接（图片改为嵌入）后再传。")
