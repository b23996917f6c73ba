"""The tests of the emulator's warehouse."""
