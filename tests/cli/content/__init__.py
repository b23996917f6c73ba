"""Tests of `cli.content`."""
