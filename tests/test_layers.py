"""The layers of the package: its imports point one way, its decisions touch nothing, its libraries have one home each.

advice ◀ errors · extras · models · version ◀ exports · formats ◀ outcomes · policy · events ◀ sansio
    ◀ tables · combining · aio ◀ client ◀ planning ◀ cli
manifest ◀ planning        events · outcomes ◀ observers ◀ report ◀ cli        the public names ◀ integrations
emulator imports nothing of the client
"""

import ast
from collections import Counter
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = "looker_tasks"
SOURCES = Path(__file__).parents[1] / PACKAGE
MOST_MODULES = 12  # of one folder of the client, its `__init__` included

LAYERS = (  # lowest first; a module imports from its own layer and from those below
    {"errors", "extras", "homes", "models", "plain", "version"},
    {"exports", "formats"},
    {"outcomes", "policy", "events"},
    {"sansio"},
    {"aio", "combining", "manifest", "observers", "report", "tables"},
    {"client", "config", "__init__"},
    {"planning"},
    {"integrations"},
    {"cli", "__main__"},
)
RANKS = {part: rank for rank, layer in enumerate(LAYERS) for part in layer}
STRANGERS = {"aio", "combining", "manifest", "observers", "report", "tables"}  # of one layer, and apart all the same …
ACQUAINTED = {("report", "observers")}  # … but for these: who imports, and what
FORBIDDEN = {  # a room → what it may not import, whatever its layer
    "aio.files": {"aio.run"},
    "aio.files.bucket": {"aio.http"},
    "aio.http": {"aio.run", "aio.files"},
    "integrations": {"aio", "client", "manifest", "sansio"},  # the public names alone
}
EMULATOR = "emulator"
USERS_OF_THE_EMULATOR = {"cli"}

HOMES = {  # a library → the only parts of the package that may import it
    "PIL": {"combining", "emulator", "report"},
    "aiohttp": {"aio.http.connections", "aio.http.transport", "emulator"},
    "airflow": {"integrations.airflow"},
    "cyclopts": {"cli"},
    "duckdb": {"emulator"},
    "ijson": {"combining"},
    "img2pdf": {"combining"},
    "jinja2": {"report"},
    "obstore": {"aio.files.bucket"},
    "openpyxl": {"combining", "report"},
    "opentelemetry": {"observers.opentelemetry"},
    "pikepdf": {"combining"},
    "pyarrow": {"report.previews.tables", "tables"},
    "pypdfium2": {"emulator", "report"},
    "ray": {"integrations.ray"},
    "rich": {"cli"},
    "vl_convert": {"emulator"},
    "xlsxwriter": {"combining", "emulator"},
    "yaml": {"cli", "emulator", "manifest"},
}
PURE = "sansio"
IMPURE_MODULES = {"anyio", "asyncio", "io", "logging", "os", "random", "secrets", "shutil", "socket", "sqlite3", "time"}
IMPURE_CALLS = {"datetime.now", "datetime.today", "datetime.utcnow", "date.today", "input", "open", "print"}


def module_name(path: Path) -> str:
    """Name the module at *path* below the package: `aio.http.transport`, `cli`, `__init__`."""
    parts = path.relative_to(SOURCES).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 1 else parts)


MODULES = {module_name(path): path for path in sorted(SOURCES.rglob("*.py"))}


def imported(source: str) -> Iterator[str]:
    """Give the full name of everything that *source* imports, under `if TYPE_CHECKING` too."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(level=0, module=str(module), names=names):
                yield from (f"{module}.{alias.name}" for alias in names)
            case ast.ImportFrom(level=level):
                yield "." * level


def head(name: str) -> str:
    """Give the part of a dotted name before its first dot."""
    return name.partition(".")[0]


def own(name: str) -> str | None:
    """Name the module of the package that an import leads to; None where it leads out of the package."""
    if head(name) != PACKAGE:
        return None
    inner = name.removeprefix(PACKAGE).removeprefix(".")
    while inner and inner not in MODULES:
        inner = inner.rpartition(".")[0]
    return inner or "__init__"


def lives_in(module: str, homes: set[str]) -> bool:
    """Tell whether *module* is one of *homes* or inside one."""
    return any(module == home or module.startswith(f"{home}.") for home in homes)


def wrong_arrow(module: str, target: str) -> str | None:
    """Say what is wrong with *module* importing *target*, both of the package."""
    part, other = head(module), head(target)
    if EMULATOR in (part, other):
        is_right = part == other or (other == EMULATOR and part in USERS_OF_THE_EMULATOR)
        return (
            None if is_right else f"{module} imports {target}: the emulator and the client know nothing of each other"
        )
    if unplaced := {part, other} - RANKS.keys():
        return f"{unplaced.pop()} is in no layer: give it one"
    if RANKS[other] > RANKS[part]:
        return f"{module} imports {target}, which is above it"
    if part != other and {part, other} <= STRANGERS and (part, other) not in ACQUAINTED:
        return f"{module} imports {target}: these two know nothing of each other"
    walled_off = {wall for room, walls in FORBIDDEN.items() if lives_in(module, {room}) for wall in walls}
    return f"{module} imports {target}, which it may not" if lives_in(target, walled_off) else None


def wrong_imports(module: str, source: str) -> list[str]:
    """Say what *module* may not import."""
    found: list[str | None] = []
    for name in imported(source):
        target, library = own(name), head(name)
        if name.startswith("."):
            found.append(f"{module} imports relatively, which hides where the arrow points")
        elif target is not None:
            found.append(wrong_arrow(module, target))
        elif not lives_in(module, HOMES.get(library, {module})):
            found.append(f"{module} imports {library}, which belongs to {sorted(HOMES[library])}")
        elif lives_in(module, {PURE}) and library in IMPURE_MODULES:
            found.append(f"{module} imports {library}, but decides")
    return [complaint for complaint in found if complaint]


def wrong_calls(module: str, source: str) -> list[str]:
    """Say which effects a deciding *module* has without any import that gives it away."""
    if not lives_in(module, {PURE}):
        return []
    calls = (ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [f"{module} calls {call}, but decides" for call in calls if ".".join(call.split(".")[-2:]) in IMPURE_CALLS]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_its_layer(module: str) -> None:
    """No import points upwards or to a library of another part, and `sansio` has no effects."""
    source = MODULES[module].read_text()
    assert wrong_imports(module, source) + wrong_calls(module, source) == []


def test_no_modules_import_each_other() -> None:
    """Within a layer, too, imports make no circle."""
    arrows = {
        module: {target for name in imported(path.read_text()) if (target := own(name)) and target != module}
        for module, path in MODULES.items()
    }
    try:
        TopologicalSorter(arrows).prepare()
    except CycleError as circle:
        pytest.fail(f"a circle of imports: {' → '.join(circle.args[1])}")


def test_no_folder_of_the_client_holds_more_than_a_dozen_modules() -> None:
    """A folder with more is a wing that nobody has named yet."""
    folders = Counter(path.parent for path in SOURCES.rglob("*.py") if SOURCES / "emulator" not in path.parents)
    assert folders[SOURCES / "aio" / "run"] > 1
    assert {str(folder): modules for folder, modules in folders.items() if modules > MOST_MODULES} == {}


def test_every_layer_is_looked_at() -> None:
    """The walk finds the package: the rule that guards `sansio` has modules to guard."""
    assert {"errors", "sansio.protocol.headers", "emulator.settings"} <= MODULES.keys()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("errors", "from looker_tasks.policy import Policy"),
        ("policy", "import looker_tasks.sansio.protocol.headers"),
        ("sansio.retrying.retry", "from looker_tasks.aio.http import transport"),
        ("aio.run.runner", "from looker_tasks import LookerTasks"),
        ("aio.run.runner", "def late():\n    from looker_tasks.cli import main"),
        ("aio.run.runner", "if TYPE_CHECKING:\n    from looker_tasks.client import LookerTasks"),
        ("aio.run.runner", "from . import gate"),
        ("client", "from looker_tasks.emulator import Emulator"),
        ("emulator.settings", "from looker_tasks.errors import LookerTasksError"),
        ("emulator.settings", "from looker_tasks import errors"),
        ("novelty", "from looker_tasks import errors"),
        ("tables.encoder", "from looker_tasks.aio.files import sink"),
        ("aio.files.sink", "from looker_tasks.tables import encoder"),
        ("report.page", "from looker_tasks.aio.files import journal"),
        ("observers.timeline", "from looker_tasks.report import page"),
        ("manifest.rows", "from looker_tasks import client"),
        ("integrations.ray", "from looker_tasks.sansio import limit"),
        ("integrations.ray", "from looker_tasks.client import LookerTasks"),
        ("aio.files.bucket", "from looker_tasks.aio.http import session"),
        ("client", "import pyarrow"),
        ("observers.log", "import opentelemetry.trace"),
        ("aio.http.api", "from aiohttp import ClientSession"),
        ("sansio.export_requests", "import aiohttp.web"),
        ("client", "import yaml"),
        ("aio.files.sink", "from rich.progress import Progress"),
        ("sansio.retrying.backoff", "from random import random"),
        ("sansio.polling.learned", "import time"),
        ("sansio.limit", "import anyio.abc"),
        ("sansio.protocol.headers", "import datetime\ndatetime.datetime.now(datetime.UTC)"),
        ("sansio.journal", "open('journal')"),
    ],
)
def test_the_check_can_fail(module: str, source: str) -> None:
    """Each rule refuses the snippet that breaks it."""
    assert wrong_imports(module, source) + wrong_calls(module, source) != []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("aio.http.transport", "import aiohttp\nimport asyncio\nfrom looker_tasks.sansio import export_requests"),
        ("emulator.http.server", "from aiohttp import web\nfrom looker_tasks.emulator import settings"),
        ("cli.demo", "from looker_tasks import LookerTasks\nfrom looker_tasks.emulator import Emulator\nimport yaml"),
        ("sansio.protocol.headers", "from datetime import datetime\nfrom looker_tasks.errors import LookerTasksError"),
    ],
)
def test_the_check_lets_right_arrows_pass(module: str, source: str) -> None:
    """What the design allows is not refused."""
    assert wrong_imports(module, source) + wrong_calls(module, source) == []
