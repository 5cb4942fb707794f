"""What is done about a concern: registering it, its steps, who stands behind it, the letter with the answer."""

from apps.concerns.actions.letters import LETTERS, Addressee, LetterRefused, addressees, make_letters, refusal
from apps.concerns.actions.signers import change_signers
from apps.concerns.actions.steps import NotPossible, Stale, register_concern, take_step

__all__ = [
    "LETTERS",
    "Addressee",
    "LetterRefused",
    "NotPossible",
    "Stale",
    "addressees",
    "change_signers",
    "make_letters",
    "refusal",
    "register_concern",
    "take_step",
]
