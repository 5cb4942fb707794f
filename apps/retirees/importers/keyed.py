"""What a row that carries the key of its person says (keys.py finds him): what stands in it, and nothing more.

Where a stranger's roster lets the importer conclude (the birth
date of the card from the ID number, 参加工作 from 参加革命工作), a sheet of ours would change what it merely repeats.
"""

from apps.core.cells.text import tidy
from apps.core.secret import Secret
from apps.imports.rules import StagedRow
from apps.retirees.importers import cells
from apps.retirees.models import PrivateDetails, Retiree

TEXTS = tuple(
    name for name in cells.TEXTS if name not in ("unit", "original_unit", "paying_unit", "medical_card")
)
CONCLUDED = frozenset({"card_birth_date", "sex", "nation", "work_started_on", "joined_basis"})


def keep_stated(row: StagedRow, person: Retiree, private: PrivateDetails | None) -> None:
    """Take out of a row's entry what was concluded and not written in it, unless the ID number itself is new; and
    texts that differ from the register by white space only, which reading a cell makes even."""
    for name in TEXTS:
        known_text = getattr(private, "address", None) if name == "address" else getattr(person, name)
        stored = known_text.for_processing() if isinstance(known_text, Secret) else known_text
        if name in row.entry and stored and tidy(stored) == row.entry[name]:
            del row.entry[name]
    number = row.entry.get("national_id")
    known = private.national_id if private else None
    if number and not (known and known.same(number)):
        return
    for name in CONCLUDED:
        if name in row.entry and not row.raw.get(name, "").strip():
            del row.entry[name]
