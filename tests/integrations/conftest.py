"""Airflow and Ray have environments of their own: `.ci/run` makes them, and runs these tests there by their paths."""

from importlib.util import find_spec

collect_ignore = [library for library in ("airflow", "ray") if find_spec(library) is None]
