"""Tests of `sansio.polling`."""
