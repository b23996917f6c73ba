"""Which extra brings which library, so that a library that is missing is told by what to install."""

from importlib.util import find_spec

_EXTRAS = {
    "cli": ("cyclopts", "rich", "yaml"),
    "combine": ("ijson", "img2pdf", "openpyxl", "pikepdf"),  # by what no other extra brings
    "emulator": ("duckdb", "PIL", "pypdfium2", "vl_convert", "xlsxwriter"),
    "report": ("jinja2", "PIL", "pypdfium2", "openpyxl"),
}


def require(extra: str) -> None:
    """Raise `ModuleNotFoundError` now for a library of *extra* that would be imported only once it is used."""
    for module in _EXTRAS[extra]:
        if find_spec(module) is None:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)


def install_line(missing: ModuleNotFoundError) -> str | None:
    """Tell what to install for *missing*; None where it is no library of an extra, but a bug."""
    module = (missing.name or "").partition(".")[0]
    for extra, modules in _EXTRAS.items():
        if module in modules:
            return f"{module} is not installed; run pip install 'looker-tasks[{extra}]'"
    return None
