"""Tables going out: as workbook, text, Word and PDF. What is written is text, whatever it looks like."""

from apps.core.sheets.table import About, Column, clean_cell

__all__ = ["About", "Column", "clean_cell"]
