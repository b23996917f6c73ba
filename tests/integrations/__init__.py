"""Tests of the integrations, each in an environment of its own."""
