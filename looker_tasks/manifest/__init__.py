"""Manifests: files of rows (YAML, JSON, JSON lines, CSV) that say what to export. Nothing here calls Looker.

Reading (`documents`, `lines`) gives rows with their position, `columns` turns a row into an Export by the table in
`keys`; `schema` is the same table for editors. What a row with values, folders or tiles makes is `planning`'s.
"""

from looker_tasks.manifest.forms.by_suffix import read_rows

__all__ = ["read_rows"]
