"""The register's side of an import."""

from apps.retirees.importers.roster import RosterImporter

__all__ = ["RosterImporter"]
