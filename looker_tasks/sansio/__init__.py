"""The decisions: all that can be decided without I/O. No clock, no randomness: *now* and *rand* are arguments."""
