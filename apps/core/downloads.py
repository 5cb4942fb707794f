"""The answer that is a file: saved, never opened as a page of ours, whatever is in it and whatever it is called."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


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
