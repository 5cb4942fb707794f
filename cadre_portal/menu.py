"""The menu, and what every page's template knows about who is at work."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def portal(request: HttpRequest) -> dict[str, Any]:
    return {"portal": {"city_name": settings.PORTAL_CITY_NAME}}
