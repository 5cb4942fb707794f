"""The Django project: settings, the map of the site, and what starts it."""

from cadre_portal.celery import app as celery_app

__all__ = ["celery_app"]
