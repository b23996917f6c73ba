"""The tests of the emulator's catalogue."""
