"""Everything that happens to a request: asked for, decided on, made."""

from apps.exports.actions.making import Making, about, finish, pieces, rows_of
from apps.exports.actions.requests import (
    NotNow,
    Wanted,
    decide_request,
    drop_request,
    fail_request,
    request_export,
)

__all__ = [
    "Making",
    "NotNow",
    "Wanted",
    "about",
    "decide_request",
    "drop_request",
    "fail_request",
    "finish",
    "pieces",
    "request_export",
    "rows_of",
]
