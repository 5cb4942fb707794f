"""Sensitive changes by counties and units: asked for with a reason, decided by the city, applied as any other change.

A death is different: it takes effect at once, because the worst mistake is a greeting to the dead, and its request
lets the city confirm it or undo it whole (docs/adr/0020).
"""

from apps.retirees.actions.requests.asking import (
    changed_values,
    edit_with_review,
    read_proof,
    request_change,
    request_changes,
    resend,
    split_for_review,
    withdraw,
)
from apps.retirees.actions.requests.deaths import report_death, take_back_death
from apps.retirees.actions.requests.deciding import Overtaken, approve, refuse, return_, set_reviewed
from apps.retirees.actions.requests.rows import Proof

__all__ = [
    "Overtaken",
    "Proof",
    "approve",
    "changed_values",
    "edit_with_review",
    "read_proof",
    "refuse",
    "report_death",
    "request_change",
    "request_changes",
    "resend",
    "return_",
    "set_reviewed",
    "split_for_review",
    "take_back_death",
    "withdraw",
]
