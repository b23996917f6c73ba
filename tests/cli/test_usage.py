"""Whatever is the user's to mend is one clear line, the right exit status, and no traceback."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import PROGRAM, emulator, environment, looker_tasks

MANIFEST = "dashboard,format,name\n1,pdf,one.pdf\n2,png,folder/two.png\n"
NOWHERE = {
    "LOOKERSDK_BASE_URL": "http://127.0.0.1:1",
    "LOOKERSDK_CLIENT_ID": "an-id",
    "LOOKERSDK_CLIENT_SECRET": "s3cret-of-the-test",
}


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[Mapping[str, str], Mapping[str, Any]]]:
    """Run one emulator for all tests of this module."""
    with emulator("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0") as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with a manifest of two rows."""
    (tmp_path / "m.csv").write_text(MANIFEST)
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["export"], 'Command "export" parameter MANIFEST requires an argument.'),
        (["export", "m.csv"], 'Command "export" parameter --out requires an argument.'),
        (
            ["export", "m.csv", "--out", "o", "--concurrency", "0"],
            'Invalid value "0" for --concurrency. It must be more',
        ),
        (
            ["export", "m.csv", "--out", "o", "--concurrency", "many"],
            "Invalid value for --concurrency: unable to convert",
        ),
        (["export", "m.csv", "--out", "o", "--deadline", "nan"], 'Invalid value "nan" for --deadline. It must be more'),
        (["export", "m.csv", "--out", "o", "--frobnicate"], "Unknown option: --frobnicate."),
        (["export", "m.csv", "--out", "o", "--conc", "3"], "Unknown option: --conc. Did you mean --concurrency?"),
        (["frobnicate"], 'Unknown command "frobnicate".'),
        (["emulator", "--render-slots", "-1"], "'render_slots' must be >= 0: -1"),
        (["emulator", "--host", "192.0.2.1"], "nobody can listen at 192.0.2.1:0: "),
        (["emulator", "--scenario", "none.yaml"], "none.yaml: "),
        (["emulator", "--catalogue", "none.yaml"], "none.yaml: No such file or directory"),
        (["demo", "--exports", "0"], 'Invalid value "0" for --exports. It must be more than 0.'),
        (["export", "none.csv", "--out", "o"], "none.csv: No such file or directory"),
        (["export", "m.csv", "--out", "o", "--ini", "none.ini"], "none.ini: there is no such file"),
        (["export", "m.csv", "--out", "m.csv"], "m.csv: no file can be written there: File exists"),
        (["export", "m.csv", "--out", "o"], "no Looker answers at http://127.0.0.1:1: login: "),
        (["export", "wrong.csv", "--out", "o"], "wrong.csv: row 1 (line 2): format: 'doc' is not one of pdf, png, jpg"),
        (["export", "wrong.csv", "--dry-run", "--out", "o"], "wrong.csv: row 1 (line 2): format: 'doc' is not one of"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: list[str], expected: str, folder: Path) -> None:
    """A wrong argument, manifest, configuration, folder or address is told on one line, and nothing is made."""
    (folder / "wrong.csv").write_text("dashboard,format\n1,doc\n")
    ended = looker_tasks(*arguments, cwd=folder, settings=NOWHERE)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith(f"looker-tasks: {expected}")
    assert ended.err.count("\n") == 1
    assert "s3cret" not in ended.err
    assert not (folder / "o").exists() or not list((folder / "o").glob("*.*df"))


def test_missing_settings_are_told_by_their_places(folder: Path) -> None:
    """Without any configuration the line says where it is looked for."""
    ended = looker_tasks("export", "m.csv", "--out", "o", cwd=folder)
    assert ended.status == 2
    assert ended.err == (
        "looker-tasks: base_url is not set: put it into looker.ini or into the variable LOOKERSDK_BASE_URL\n"
    )


def test_refused_credentials_are_status_3(server: tuple[Mapping[str, str], Mapping[str, Any]], folder: Path) -> None:
    """Looker's refusal of the credentials has a status of its own, and no secret is told."""
    wrong = {**server[0], "LOOKERSDK_CLIENT_SECRET": "s3cret-of-the-test"}
    ended = looker_tasks("export", "m.csv", "--out", "o", cwd=folder, settings=wrong)
    assert ended.status == 3
    assert ended.err.startswith("looker-tasks: login: 404 Not found. Check client_id and client_secret")
    assert ended.err.count("\n") == 1
    assert "s3cret" not in ended.err


def test_a_looker_ini_is_enough(server: tuple[Mapping[str, str], Mapping[str, Any]], folder: Path) -> None:
    """The file and the section that are named are read, as by the official SDK."""
    lines = [f"{name.removeprefix('LOOKERSDK_').lower()}={value}" for name, value in server[0].items()]
    (folder / "my.ini").write_text("[First]\nbase_url=http://127.0.0.1:1\n[Second]\n" + "\n".join(lines))
    ended = looker_tasks("export", "m.csv", "--out", "o", "--ini", "my.ini", "--section", "Second", cwd=folder)
    assert (ended.status, ended.out) == (0, "")
    assert (folder / "o/one.pdf").read_bytes().startswith(b"%PDF-")
    assert (folder / "o/folder/two.png").read_bytes().startswith(b"\x89PNG")


def test_the_secret_of_a_file_does_not_go_to_the_address_of_a_variable(folder: Path) -> None:
    """A variable that was left over asks another Looker: nothing is sent, and both places are told."""
    (folder / "looker.ini").write_text(
        "[Production]\nbase_url=https://x.example.com\nclient_id=x\nclient_secret=s3cret\n"
    )
    settings = {"LOOKERSDK_BASE_URL": "http://127.0.0.1:1"}
    ended = looker_tasks("export", "m.csv", "--out", "o", cwd=folder, settings=settings)
    assert ended.status == 2
    assert ended.err.startswith(
        "looker-tasks: base_url is that of LOOKERSDK_BASE_URL, and client_secret that of looker.ini"
    )
    assert ended.err.count("\n") == 1


def test_what_a_person_should_know_of_the_settings_is_told(
    server: tuple[Mapping[str, str], Mapping[str, Any]], folder: Path
) -> None:
    """A file that is overruled, a variable that nobody reads, and, at the end, who was asked."""
    settings, _ = server
    (folder / "mine.ini").write_text("[Mine]\nclient_id=mine\n")
    ended = looker_tasks(
        "export",
        "m.csv",
        "--out",
        "o",
        "--ini",
        "mine.ini",
        cwd=folder,
        settings={**settings, "LOOKERSDK_BASEURL": "x"},
    )
    assert ended.status == 0
    assert ended.err.splitlines()[:2] == [
        "warning: mine.ini [Mine] is overruled by LOOKERSDK_CLIENT_ID",
        "warning: LOOKERSDK_BASEURL is not read; is LOOKERSDK_BASE_URL meant?",
    ]
    assert f"of {settings['LOOKERSDK_BASE_URL']} as {settings['LOOKERSDK_CLIENT_ID']}" in ended.err


def test_a_dry_run_prints_names_and_needs_no_looker(folder: Path) -> None:
    """Without any configuration the manifest is checked and the files' names are printed."""
    ended = looker_tasks("export", "m.csv", "--out", "o", "--dry-run", cwd=folder)
    assert (ended.status, ended.out) == (0, "one.pdf\nfolder/two.png\n")
    assert "rows of one file" in ended.err
    assert ended.err.splitlines()[-1].startswith("2 exports; about ")
    assert ended.err.endswith("nothing was created\n")
    assert not (folder / "o").exists()


def test_a_reader_that_goes_away_is_no_traceback(folder: Path) -> None:
    """Where nobody reads our output on, the program ends quietly."""
    (folder / "long.csv").write_text("dashboard,format\n" + "".join(f"{number},pdf\n" for number in range(20_000)))
    with subprocess.Popen(
        [*PROGRAM, "export", "long.csv", "--out", "o", "--dry-run"],
        cwd=folder,
        env=environment({}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline() == b"dashboard-0.pdf\n"
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 4


@pytest.mark.parametrize(
    ("module", "extra", "command"),
    [
        ("cyclopts", "cli", "--help"),
        pytest.param("rich", "cli", "export m.csv --out o", marks=pytest.mark.long),
        ("yaml", "cli", "export m.csv --out o"),
        pytest.param("duckdb", "emulator", "demo --out o --exports 1", marks=pytest.mark.long),
        ("vl_convert", "emulator", "demo --out o --exports 1"),
        pytest.param("pypdfium2", "emulator", "emulator", marks=pytest.mark.long),
    ],
)
def test_a_missing_extra_is_told_by_its_name(module: str, extra: str, command: str, folder: Path) -> None:
    """Where a library of an extra is not installed, the line says what to install."""
    without = f"import sys; sys.modules[{module!r}] = None; sys.argv[1:] = {command.split()}"
    ended = subprocess.run(
        [sys.executable, "-c", f"{without}\nfrom looker_tasks.cli import main\nmain()"],
        cwd=folder,
        env=environment(NOWHERE),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr == f"looker-tasks: {module} is not installed; run pip install 'looker-tasks[{extra}]'\n"


def test_help_imports_neither_client_nor_emulator() -> None:
    """`--help` is quick because it imports nothing that speaks HTTP or draws."""
    probe = (
        "import sys; sys.argv[1:] = ['--help']\n"
        "from looker_tasks.cli import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(' '.join(sorted({'aiohttp', 'duckdb', 'yaml', 'asyncio'} & sys.modules.keys())))"
    )
    ended = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert ended.returncode == 0
    assert all(command in ended.stdout for command in ("export", "demo", "emulator"))
    assert ended.stderr == ""


def test_what_a_command_imports_is_left_out_of_the_search_for_garbage(folder: Path) -> None:
    """To look at it all again, when the run has made enough objects, would hold the event loop up."""
    probe = (
        "import gc, sys; sys.argv[1:] = ['export', 'm.csv', '--out', 'o', '--dry-run']\n"
        "from looker_tasks.cli import main\n"
        "try: main()\n"
        "finally: sys.stderr.write(f'{gc.get_freeze_count() > len(gc.get_objects())}')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", probe], cwd=folder, env=environment(NOWHERE), capture_output=True, text=True, check=False
    )
    assert ended.stderr.endswith("True")
