"""What is measured, and against whom. ``make bench``; results in docs/benchmarks.md."""
