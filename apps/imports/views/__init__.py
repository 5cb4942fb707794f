"""Pages of staged imports."""

from apps.imports.views.batches import (
    again,
    batches,
    confirm,
    detail,
    drop,
    errors,
    progress,
    template,
    upload,
)
from apps.imports.views.columns import columns, forget
from apps.imports.views.fixes import decide, fix

__all__ = [
    "again",
    "batches",
    "columns",
    "confirm",
    "decide",
    "detail",
    "drop",
    "errors",
    "fix",
    "forget",
    "progress",
    "template",
    "upload",
]
