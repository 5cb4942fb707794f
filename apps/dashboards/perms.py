"""Who sees which board."""

from apps.accounts.perms import is_signed_in, is_staff, sees_register
from apps.benefits.perms import can_see_sums
from apps.reports.perms import can_list_documents

__all__ = ["can_list_documents", "can_see_sums", "is_signed_in", "is_staff", "sees_register"]
