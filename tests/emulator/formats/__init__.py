"""The tests of the emulator's formats."""
