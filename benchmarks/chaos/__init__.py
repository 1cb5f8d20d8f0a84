"""Studies driven on a real Postgres while everything around them fails: `python -m benchmarks.chaos`."""
