"""Tests of the machine of one export: transcripts, and any sequence of events."""
