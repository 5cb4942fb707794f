"""What a page says to its reader: Chinese, without slips of a template and without words of the program."""

import re

from tests.architecture.reading import Page

OURS = re.compile(
    r"(ZQ|PZ)[A-Z0-9]+|(nanling|shiqiao|yunxi)(-\w+)?|newcomer|half|\b[0-9a-f][0-9a-f-]{7,}\b"
    r"|(clerk|chief|unit|city|system|security|audit)_\w+|leader(_a)?"
)
"""Marks, user names and codes of the filled city, and numbers of jobs and requests."""
LATIN = {
    *(
        "Excel",
        "CSV",
        "PDF",
        "IP",
        "Word",
        "Ctrl",
        "Shift",
        "Enter",
        "Esc",
        "Alt",
        "Tab",
        "MB",
        "GB",
        "KB",
        "TXT",
    ),
    *("JPEG", "JPG", "PNG", "WebP", "BMP", "docx", "lrmx", "ZIP", "zip"),  # kinds of files
    "DC",  # number of an export
    *("xlsx", "xls", "csv", "pdf", "txt", "Redis", "PostgreSQL", "Chrome", "Edge", "Windows", "WPS"),
    *("Google", "Authenticator", "FreeOTP"),
    *("worker", "beat"),  # names of processes, for the system administrator
    "zjg",  # the example of initials
}
FIELD = re.compile(r"\{\{ [\u4e00-\u9fff0-9.]+ \}\}|\{%tr [^%]*%\}")
"""How a field and a list are written into a form of the office's own."""
SLIPS = re.compile(r"\b(None|True|False|undefined|NaN|nan)\b|⚠|\{\{|\}\}|\{%|<QuerySet|object at")


def slips(page: Page) -> set[str]:
    """Words on a page that no reader of it should meet, each with where it stands."""
    found = set()
    for text in page.texts:
        found |= {f"{word!r} in {text[:60]!r}" for word in not_chinese(text)}
        found |= {f"{slip[0]!r} in {text[:60]!r}" for slip in SLIPS.finditer(FIELD.sub("", text))}
    return found


def not_chinese(text: str) -> set[str]:
    """Latin words, known ones aside."""
    return set(re.findall(r"[A-Za-z]{2,}(?:_\w+)?", OURS.sub("", FIELD.sub("", text)))) - LATIN
