"""WSGI entry point for gunicorn. Each of its workers loads this module once."""

import importlib
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from apps.core.collector import look_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings")
application = get_wsgi_application()

# All views are loaded before the first request has to wait for them.
importlib.import_module(settings.ROOT_URLCONF)
look_seldom()
