"""Tests of the pure decisions: values in, values out, no event loop."""
