"""Ours beside its peers, each in a process of its own against a server in another: `python -m benchmarks`."""
