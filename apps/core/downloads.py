"""The answer that is a file: saved, or a picture shown in a page; never a page of ours, whatever is in it."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

KEEP_SECONDS = 600
"""A browser may show a picture again for ten minutes without asking; its address changes with the picture."""


def attachment(content: bytes, *, filename: str, content_type: str) -> HttpResponse:
    """Return ``content`` as a file to save under ``filename``."""
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": content_disposition_header(True, filename),
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
        },
    )


def picture_answer(content: bytes) -> HttpResponse:
    """A private picture, shown in the page."""
    return HttpResponse(
        content,
        content_type="image/jpeg",
        headers={
            "Cache-Control": f"private, max-age={KEEP_SECONDS}",
            "Vary": "Cookie",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Content-Disposition": "inline",
        },
    )
