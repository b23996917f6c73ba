"""Tests of `aio.files`."""
