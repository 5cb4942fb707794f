"""Settings of the measurements: the portal as in production, and beside it what it is compared with.

``plain`` is the same database through its owner with the walls down: the Django admin and import-export of
benchmarks/admin.py get the tables as most projects have them, without row policies to pay for.
"""

from cadre_portal.settings import *  # noqa: F403  (a settings module is read whole)
from cadre_portal.settings import DATABASES, INSTALLED_APPS, MIDDLEWARE, STORAGES, TEMPLATES

INSTALLED_APPS += ["django.contrib.admin", "import_export"]
MIDDLEWARE += ["benchmarks.admin.AnybodyMiddleware"]
ROOT_URLCONF = "benchmarks.urls"
_processors = TEMPLATES[0]["OPTIONS"]["context_processors"]
_processors[_processors.index("cadre_portal.menu.portal")] = "benchmarks.admin.portal_pages_only"
_processors += ["django.contrib.auth.context_processors.auth"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
DATABASES["plain"] = {**DATABASES["owner"], "CONN_MAX_AGE": None}
DATABASES["default"]["CONN_MAX_AGE"] = None
ALLOWED_HOSTS = ["testserver"]
SILENCED_SYSTEM_CHECKS = ["admin.E403", "axes.W001", "axes.W005"]
PORTAL_IDLE_MINUTES = 600
