"""Tests of what the emulator draws."""
