"""Pages of the app, by subject."""

from apps.accounts.views.sign_in import locked_out

__all__ = ["locked_out"]  # django-axes asks for it here (AXES_LOCKOUT_CALLABLE)
