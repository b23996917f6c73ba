"""Manifests: files of rows (YAML, JSON, JSON lines, CSV) that say what to export. Nothing here calls Looker.

Reading (`documents`, `lines`) gives rows with their position, `columns` turns a row into an Export, `manifest` checks
all of them before any is used.
"""

from looker_tasks.manifest.manifest import Manifest, read_manifest

__all__ = ["Manifest", "read_manifest"]
