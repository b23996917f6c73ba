"""Tests of `cli.progress`."""
