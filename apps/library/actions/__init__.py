"""Keeping papers, their clauses and files, and what replaces what."""
