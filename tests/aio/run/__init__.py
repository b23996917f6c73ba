"""Tests of `aio.run`."""
