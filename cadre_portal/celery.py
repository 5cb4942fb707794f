"""Celery rings bells; the truth about jobs is in PostgreSQL (see apps/jobs).

Settings that differ from Celery's defaults each answer a measured fault: without
``reject_on_worker_lost`` a killed child loses its task, without ``acks_late`` it is acknowledged
before it ran, and a long visibility timeout keeps a running job from being handed out twice.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cadre_portal.settings")

app = Celery("cadre_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
