"""Tests of `sansio.dashboards`."""
