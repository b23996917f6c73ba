"""Which extra brings which library, so that a library that is missing is told by what to install."""

from collections.abc import Mapping
from importlib.util import find_spec

from looker_tasks.errors import ConfigurationError

_EXTRAS: Mapping[str, tuple[str, ...]] = {
    "cli": ("cyclopts", "rich", "yaml"),
    "combine": ("ijson", "img2pdf", "openpyxl", "pikepdf"),  # by what no other extra brings
    "emulator": ("duckdb", "PIL", "pypdfium2", "vl_convert", "xlsxwriter"),
    "ray": ("ray",),
    "report": ("jinja2", "PIL", "pypdfium2", "openpyxl"),
    "tables": ("pyarrow",),
}


def require(extra: str) -> None:
    """Raise ConfigurationError where a library of *extra* is not installed: its message says how to install it."""
    for module in _EXTRAS[extra]:
        if find_spec(module) is None:
            raise ConfigurationError(_line(module, extra))


def install_line(missing: ModuleNotFoundError) -> str | None:
    """Return what to do about a *missing* module; None where it is no library of an extra, but a bug."""
    module = (missing.name or "").partition(".")[0]
    return next((_line(module, extra) for extra, modules in _EXTRAS.items() if module in modules), None)


def _line(module: str, extra: str) -> str:
    return f"{module} is not installed; run pip install 'looker-tasks[{extra}]'"
