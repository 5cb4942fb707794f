"""Signs of life of the processes behind the pages."""

from django.db.models.functions import Now

from apps.jobs.choices import Sign
from apps.jobs.models import Heartbeat


def mark_alive(*, sign: Sign, name: str) -> None:
    """Write that the process ``name`` lives, by the database's clock."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(name=name[:120], sign=sign, at=Now())],
        update_conflicts=True,
        unique_fields=["name"],
        update_fields=["sign", "at"],
    )
