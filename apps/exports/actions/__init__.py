"""Everything that happens to a request: asked for, decided on, made."""

from apps.exports.actions.making import Making, about, finish, forms_of, papers_of, pieces, rows_of
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
    checked_fields,
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
    "checked_fields",
    "decide_request",
    "drop_request",
    "fail_request",
    "fill_template",
    "finish",
    "forms_of",
    "offered_fields",
    "papers_of",
    "pieces",
    "preview",
    "put_away",
    "request_export",
    "rows_of",
    "save_template",
]
