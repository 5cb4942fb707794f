"""What of the register goes out in files."""

from apps.retirees.exports.exporter import RegisterExporter

__all__ = ["RegisterExporter"]
