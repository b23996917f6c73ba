"""Bytes that stay: files written whole or not at all, and the journal of what was done."""
