"""Writes of visits."""
