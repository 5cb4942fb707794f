"""Everything that happens to a request: asked for, decided on, made."""

from apps.exports.actions.making import Making, about, finish, papers_of, pieces, rows_of
from apps.exports.actions.requests import (
    NotNow,
    Wanted,
    decide_request,
    drop_request,
    fail_request,
    request_export,
)
from apps.exports.actions.templates import (
    Unknown,
    fill_template,
    offered_fields,
    preview,
    put_away,
    save_template,
)

__all__ = [
    "Making",
    "NotNow",
    "Unknown",
    "Wanted",
    "about",
    "decide_request",
    "drop_request",
    "fail_request",
    "fill_template",
    "finish",
    "offered_fields",
    "papers_of",
    "pieces",
    "preview",
    "put_away",
    "request_export",
    "rows_of",
    "save_template",
]
