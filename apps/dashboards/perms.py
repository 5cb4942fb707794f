"""Who sees which board."""

from apps.accounts.perms import is_signed_in, is_staff, sees_register
from apps.reports.perms import can_list_documents

__all__ = ["can_list_documents", "is_signed_in", "is_staff", "sees_register"]
