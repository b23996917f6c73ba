"""Tests of `sansio.protocol`."""
