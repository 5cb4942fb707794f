"""Visit logs as counties keep them in Excel (走访台账)."""

from apps.visits.importers.visitlog import VisitLogImporter

__all__ = ["VisitLogImporter"]
