"""Forms of concerns."""
