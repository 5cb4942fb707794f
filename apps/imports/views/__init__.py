"""Pages of staged imports."""

from apps.imports.views.batches import again, batches, confirm, detail, drop, progress, upload
from apps.imports.views.fixes import decide, fix

__all__ = ["again", "batches", "confirm", "decide", "detail", "drop", "fix", "progress", "upload"]
