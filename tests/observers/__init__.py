"""Tests of the observers: events in, what each makes of them out."""
