"""Everything that happens to an import, from the file to the register and back."""

from apps.imports.actions.batches import (
    BUCKET,
    NotNow,
    apply_staged,
    check_again,
    confirm_batch,
    drop_batch,
    go_on,
    place_of,
    refuse,
    upload_batch,
)
from apps.imports.actions.columns import BadColumns, choose_columns, forget_mapping
from apps.imports.actions.fixes import BadFix, decide_row, fix_cells
from apps.imports.actions.reading import (
    Columns,
    Reading,
    Typed,
    judge_typed,
    read_content,
    read_path,
    type_content,
)
from apps.imports.actions.staging import carry_over, kept_corrections, stage

__all__ = [
    "BUCKET",
    "BadColumns",
    "BadFix",
    "Columns",
    "NotNow",
    "Reading",
    "Typed",
    "apply_staged",
    "carry_over",
    "check_again",
    "choose_columns",
    "confirm_batch",
    "decide_row",
    "drop_batch",
    "fix_cells",
    "forget_mapping",
    "go_on",
    "judge_typed",
    "kept_corrections",
    "place_of",
    "read_content",
    "read_path",
    "refuse",
    "stage",
    "type_content",
    "upload_batch",
]
