"""The data that the emulator's queries run on."""
