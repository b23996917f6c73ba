"""The progress of a run: counted from its events, estimated, and shown on a terminal or in a log."""
