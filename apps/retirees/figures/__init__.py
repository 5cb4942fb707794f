"""Figures of the register: what is counted, and how."""

from apps.retirees.figures.counts import Counts, register_counts, register_flows
from apps.retirees.figures.definitions import FIGURES, compute

__all__ = ["FIGURES", "Counts", "compute", "register_counts", "register_flows"]
