"""Tests of emulator/farm."""
