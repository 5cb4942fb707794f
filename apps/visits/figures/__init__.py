"""Figures of visits: how they are counted, what they are called, and the same by category and by leader."""

from apps.visits.figures.definitions import FIGURES, compute

__all__ = ["FIGURES", "compute"]
