"""WSGI entry point for gunicorn. Each of its workers loads this module once."""

import gc
import importlib
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings")
application = get_wsgi_application()

# All views are loaded before the first request has to wait for them. What the start leaves behind lives as long as
# the process: frozen, it is not walked through again by each full collection, some 20 ms in the middle of a page.
importlib.import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
# A page makes some hundred thousand objects and drops them again by counting: the collector, which by default looks
# for cycles among every seven hundred, finds none.
gc.set_threshold(20_000, 20, 20)
