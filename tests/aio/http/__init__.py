"""Tests of `aio.http`."""
