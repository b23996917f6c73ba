"""The version of this package, as its metadata has it."""

from importlib.metadata import PackageNotFoundError, metadata


def _installed() -> str:
    """Return the installed version; "unknown" without metadata: in a frozen app, a zip, a copied folder."""
    try:
        return str(metadata("looker-tasks")["Version"] or "unknown")
    except PackageNotFoundError:
        return "unknown"


VERSION = _installed()
