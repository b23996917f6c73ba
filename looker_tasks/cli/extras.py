"""Which extra brings which library, so that a library that is missing is told by what to install."""

from importlib.util import find_spec

_EXTRAS = {
    "cli": ("cyclopts", "rich", "yaml"),
    "emulator": ("duckdb", "PIL", "pypdfium2", "vl_convert", "xlsxwriter"),
}


def require_emulator() -> None:
    """Raise `ModuleNotFoundError` now for a library that the emulator would import only once it draws."""
    for module in _EXTRAS["emulator"]:
        if find_spec(module) is None:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)


def install_line(missing: ModuleNotFoundError) -> str | None:
    """Tell what to install for *missing*; None where it is no library of an extra, but a bug."""
    module = (missing.name or "").partition(".")[0]
    for extra, modules in _EXTRAS.items():
        if module in modules:
            return f"{module} is not installed; run pip install 'looker-tasks[{extra}]'"
    return None
