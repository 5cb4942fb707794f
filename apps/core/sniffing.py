"""What a file is by its bytes, whatever it is called: only the kinds that may be kept as a paper of a person."""

import io
import zipfile
from dataclasses import dataclass

MAX_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class FileKind:
    """An ending, a content type and a word."""

    ending: str
    content_type: str
    label: str


PDF = FileKind("pdf", "application/pdf", "PDF")
JPEG = FileKind("jpg", "image/jpeg", "JPEG 图片")
PNG = FileKind("png", "image/png", "PNG 图片")
DOCX = FileKind(
    "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"
)
XLSX = FileKind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格")
KINDS = (PDF, JPEG, PNG, DOCX, XLSX)
_SIGNATURES = (
    (b"%PDF-", PDF),
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
)


class RefusedFile(Exception):
    """The file is not taken; the text is for the person who sent it."""


def sniff(content: bytes) -> FileKind:
    """The kind of a file. Raises RefusedFile for anything that is not one of KINDS, empty or above 20 MB."""
    if not content:
        raise RefusedFile("文件是空的，请重新选择。")
    if len(content) > MAX_BYTES:
        raise RefusedFile(f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请压缩或分开上传。")
    for start, kind in _SIGNATURES:
        if content.startswith(start):
            return kind
    if content.startswith(b"PK"):
        return _office(content)
    raise RefusedFile(OTHERS)


def _office(content: bytes) -> FileKind:
    """By the names of its parts; nothing is unpacked, since nobody here reads it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {entry.filename.lower() for entry in archive.infolist()}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError):
        raise RefusedFile("文件损坏，打不开，请重新选择。") from None
    if any(name.endswith(("vbaproject.bin", ".exe", ".js")) or "/activex/" in name for name in names):
        raise RefusedFile("文件里有宏或程序，请另存为不带宏的 .docx 或 .xlsx 再传。")
    if "[content_types].xml" in names:
        for main, kind in (("word/document.xml", DOCX), ("xl/workbook.xml", XLSX)):
            if main in names:
                return kind
    raise RefusedFile(OTHERS)


OTHERS = "只收 PDF、JPEG、PNG、Word（.docx）和 Excel（.xlsx）文件，按内容认定，改名不算。"
