"""The tests of `looker_tasks`, one file for each module."""
