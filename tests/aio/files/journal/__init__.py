"""The journal: what it remembers, and what it withstands."""
