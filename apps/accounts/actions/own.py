"""What a user changes of his own account."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actions.sessions import close_sessions, hold
from apps.accounts.models import User
from apps.audit.actions import record_event
from apps.audit.choices import EventKind
from apps.core.scope import Actor

COLUMNS = {"size": "text_size", "contrast": "contrast"}
PREFERENCES = ("density", "shortcuts")


@transaction.atomic
def change_password(*, user: User, password: str, session_key: str, by: Actor) -> None:
    """Set one's own new password, already checked by the validators. All other sessions end; the session
    ``session_key`` goes on once it has taken ``user.session_epoch`` over.
    """
    hold(user)
    user.set_password(password)
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "password_changed_at"])
    close_sessions(user, keep=session_key)
    record_event(kind=EventKind.ACCOUNT, summary="修改自己的密码", by=by, subject=user)


@transaction.atomic
def set_display(*, user: User, values: dict[str, Any]) -> None:
    """Keep how pages are shown: any of size, contrast, density, shortcuts (values checked by the form)."""
    account = hold(user)
    for name, value in values.items():
        if name in COLUMNS:
            setattr(account, COLUMNS[name], value)
        elif name in PREFERENCES:
            account.preferences[name] = value
        else:
            raise ValueError(f"unknown display setting {name!r}")
    account.save(update_fields=["text_size", "contrast", "preferences"])
