"""The application's wall for rows that say their place: which of them an actor sees. The database has its own."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models

if TYPE_CHECKING:
    from apps.core.scope import Actor

Row = TypeVar("Row", bound=models.Model, covariant=True)


class PlaceQuerySet(models.QuerySet[Row]):
    """Rows with ``county_id`` and ``unit_id``."""

    def visible_to(self, actor: "Actor") -> Self:
        """The city sees all, a county its own, a unit its own."""
        if actor.unit_id is not None:
            return self.filter(county_id=actor.county_id, unit_id=actor.unit_id)
        if actor.county_id is not None:
            return self.filter(county_id=actor.county_id)
        return self


class CountyQuerySet(models.QuerySet[Row]):
    """Rows with ``county_id`` that are no matter of single units."""

    def visible_to(self, actor: "Actor") -> Self:
        """The city sees all, a county its own, a unit none."""
        if actor.unit_id is not None:
            return self.none()
        if actor.county_id is not None:
            return self.filter(county_id=actor.county_id)
        return self
