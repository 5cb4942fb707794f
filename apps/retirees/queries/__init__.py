"""Reads over the register."""
