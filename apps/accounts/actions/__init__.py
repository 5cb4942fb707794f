"""Every multi-step write over accounts, grants, sessions and second factors."""

from apps.accounts.actions.accounts import (
    change_account,
    create_account,
    issue_link,
    set_active,
    set_password_by_link,
)
from apps.accounts.actions.codes import (
    begin_enrolment,
    check_code,
    confirm_enrolment,
    drop_second_factor,
    renew_recovery_codes,
    reset_second_factor,
)
from apps.accounts.actions.drafts import discard_draft, expire_drafts, keep_draft
from apps.accounts.actions.errors import NotPossible
from apps.accounts.actions.first import create_first_accounts, link_from_server
from apps.accounts.actions.grants import end_grant, give_grant, set_grant_export
from apps.accounts.actions.groups import delete_group, save_group
from apps.accounts.actions.own import change_password, set_display
from apps.accounts.actions.sessions import admit, end_sessions, record_failure, record_leaving

__all__ = [
    "NotPossible",
    "admit",
    "begin_enrolment",
    "change_account",
    "change_password",
    "check_code",
    "confirm_enrolment",
    "create_account",
    "create_first_accounts",
    "delete_group",
    "discard_draft",
    "drop_second_factor",
    "end_grant",
    "end_sessions",
    "expire_drafts",
    "give_grant",
    "issue_link",
    "keep_draft",
    "link_from_server",
    "record_failure",
    "record_leaving",
    "renew_recovery_codes",
    "reset_second_factor",
    "save_group",
    "set_active",
    "set_display",
    "set_grant_export",
    "set_password_by_link",
]
