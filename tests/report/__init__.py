"""The tests of looker_tasks.report."""
