"""Two or more records of maybe one person beside each other, field by field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.retirees.choices import DoubleReason
from apps.retirees.forms.person import PersonForm
from apps.retirees.models import PrivateDetails, Retiree
from apps.retirees.queries.doubles import Candidate
from apps.retirees.queries.words import NOTHING, is_same, value_words
from apps.retirees.rules.doubles import AGAINST
from apps.retirees.views.present import page_of

SEALED = ("national_id", "phone")
SAVED_FIELDS = (
    *("name", "former_name", "sex", "birth_date", "national_id", "phone"),
    *("native_place", "work_started_on", "retired_on", "post"),
)


@dataclass(frozen=True)
class Row:
    """One field of every record. ``agree``: "same", "differs", or "" where something is unknown."""

    name: str
    label: str
    cells: list[str]
    agree: str


def field_of(name: str) -> Any:
    """The model field of a name, of the person or of the private details."""
    owner = PrivateDetails if name in {field.name for field in PrivateDetails._meta.fields} else Retiree
    return owner._meta.get_field(name)


def words(name: str, value: Any) -> str:
    """A stored or typed value in words; private ones as their mask."""
    field = field_of(name)
    if isinstance(value, str) and value and hasattr(field, "mask"):
        return str(field.mask(value))
    return value_words(field, value)


def row_of(name: str, values: Sequence[Any], label: str = "") -> Row:
    """A row of the comparison."""
    cells = [words(name, value) for value in values]
    known = [value for value in values if not is_same(value, None)]
    if len(known) < len(values):
        agree = ""
    else:
        agree = "same" if all(_equal(values[0], value) for value in values[1:]) else "differs"
    return Row(name, label or str(field_of(name).verbose_name), cells, agree)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, str) and hasattr(other, "same"):
        return bool(other.same(one))
    return bool(one == other)


def reason_tags(reasons: Sequence[str]) -> list[dict[str, str]]:
    """Tags of why two records may be one person; what speaks against it in amber."""
    return [
        {
            "text": DoubleReason(reason).label,
            "tone": "amber" if DoubleReason(reason) in AGAINST else "blue",
        }
        for reason in reasons
    ]


def saving_beside(form: PersonForm) -> dict[str, Any] | None:
    """What is about to be saved beside the registered people it may be; None where there are none."""
    if not form.alike:
        return None
    typed = dict(form.stored) | form.cleaned_data
    for name in SEALED:
        typed[name] = typed.get(name) or (getattr(form.private, name) if form.private else None)
    others = [_values(one) for one in form.alike]
    rows = [row_of(name, [typed.get(name), *(other[name] for other in others)]) for name in SAVED_FIELDS]
    unit = typed.get("unit") or (form.person.unit if form.person else None)
    places = [one.person.unit.label for one in form.alike]
    rows.insert(4, Row("unit", "单位", [unit.label if unit else NOTHING, *places], ""))
    return {
        "heads": [{"text": "您填的", "url": ""}, *(_head(one) for one in form.alike)],
        "rows": rows,
        "tags": [[], *(reason_tags(one.reasons) for one in form.alike)],
    }


def _values(one: Candidate) -> Mapping[str, Any]:
    values = {name: getattr(one.person, name) for name in SAVED_FIELDS if name not in SEALED}
    return values | {name: getattr(one.private, name) if one.private else None for name in SEALED}


def _head(one: Candidate) -> dict[str, str]:
    state = one.person.get_state_display()
    return {"text": f"已登记的{one.person.name}（{state}）", "url": page_of(one.person)}
