"""Tests of the room that makes one file of many."""
