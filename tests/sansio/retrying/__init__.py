"""Tests of `sansio.retrying`."""
