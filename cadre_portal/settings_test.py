"""Settings of the test run: the same file, with the harness made stricter."""

from cadre_portal.settings import *  # noqa: F403  (a settings module is read whole)
from cadre_portal.settings import STATIC_ROOT, STORAGES, TEMPLATES

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = "⚠未定义变量:%s⚠"
PORTAL_JOB_LEASE_SECONDS = 6  # a killed worker's job is taken up again within the patience of a test
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where nothing was collected yet
PORTAL_STEP_UP_MINUTES = 600  # the walk over all addresses takes longer than ten; tests of it set their own
