"""Who sees which board."""

from apps.accounts.perms import is_signed_in, is_staff, sees_register

__all__ = ["is_signed_in", "is_staff", "sees_register"]
