"""Reads over several tables of visits."""
