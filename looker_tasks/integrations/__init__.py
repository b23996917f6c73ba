"""Exports in the systems that teams already run: Airflow, Ray. On the public names of `looker_tasks` alone."""
