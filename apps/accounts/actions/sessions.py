"""Coming in, failing to, going out, and being put out."""

from django.conf import settings
from django.db import transaction
from django.db.models import F

from apps.accounts.actions.errors import NotPossible
from apps.accounts.models import Session, SessionStore, User
from apps.accounts.queries import LastSignIn, last_sign_in, live_sessions, sign_in_label
from apps.audit.actions import record_event, record_sign_in
from apps.audit.choices import EventKind, SignInOutcome
from apps.core.scope import Actor


@transaction.atomic
def admit(*, user: User, session_key: str, address: str, agent: str) -> LastSignIn | None:
    """Write a complete sign-in and end the account's oldest sessions beyond PORTAL_SESSIONS_PER_ACCOUNT.

    The new session, ``session_key``, must be saved before. Returns the sign-in before this one, to be shown.
    """
    hold(user)
    SessionStore.clear_expired()  # here, so that no timetable has to be kept
    before = last_sign_in(user)
    record_sign_in(
        username=user.username, outcome=SignInOutcome.OK, user_id=user.pk, address=address, agent=agent
    )
    others = live_sessions(user).exclude(pk=session_key).values_list("pk", flat=True)
    kept = [session_key, *others[: settings.PORTAL_SESSIONS_PER_ACCOUNT - 1]]
    Session.objects.filter(user=user).exclude(pk__in=kept).delete()
    return before


def record_failure(*, name: str, user: User | None, outcome: SignInOutcome, address: str, agent: str) -> None:
    """Write a try that failed. An unknown name is kept as a digest only: it may be a password in the wrong field."""
    record_sign_in(
        username=sign_in_label(name, user),
        outcome=outcome,
        user_id=user.pk if user else None,
        address=address,
        agent=agent,
    )


def record_leaving(*, user: User, address: str, agent: str) -> None:
    """Write that the user signed out."""
    record_sign_in(
        username=user.username, outcome=SignInOutcome.OUT, user_id=user.pk, address=address, agent=agent
    )


@transaction.atomic
def end_sessions(*, user: User, reason: str, by: Actor) -> None:
    """Put the user out of every session, at once.

    Raises NotPossible for one's own account (sign out instead).
    """
    if user.pk == by.user_id:
        raise NotPossible("这是您自己的账号，请用右上角的“退出登录”。")
    close_sessions(user)
    record_event(
        kind=EventKind.ACCOUNT, summary=f"结束{user.full_name}的全部登录", reason=reason, by=by, subject=user
    )


def hold(user: User) -> User:
    """The account's row, locked to the end of the transaction and read anew."""
    return User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)


def close_sessions(user: User, *, keep: str | None = None) -> None:
    """End the account's sessions but ``keep``: the rows go, and a raised epoch stops what a request on its way saves.

    The kept session must take the new ``user.session_epoch`` over.
    """
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    Session.objects.filter(user=user).exclude(pk=keep or "").delete()
