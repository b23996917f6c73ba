"""The README's examples run as they stand there."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
import yaml

from looker_tasks.emulator import Emulator, Settings
from looker_tasks.emulator.threaded import in_thread
from looker_tasks.manifest.schema import json_schema
from looker_tasks.planning.plan import make_plan

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """Return the README's fenced blocks in *language*."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.DOTALL | re.MULTILINE)


def run_python(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the interpreter of this environment."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_first_two_blocks_set_everything_up() -> None:
    """The demo and the tests are one command line each, and come first."""
    demo, tests = blocks("sh")
    assert demo.endswith("looker-tasks demo --out exports\n")
    assert tests.endswith("python -m pytest -q -n auto\n")
    assert demo.count("\n") == tests.count("\n") == 1


def test_the_python_example_exports_its_files(tmp_path: Path) -> None:
    """The first example makes the three files that it says."""
    with in_thread(Emulator(Settings(renderer="fake", render_seconds=0, query_seconds=0))) as emulator:
        ended = run_python(
            "-c",
            blocks("python")[0],
            cwd=tmp_path,
            LOOKERSDK_BASE_URL=emulator.url,
            LOOKERSDK_CLIENT_ID=emulator.client_id,
            LOOKERSDK_CLIENT_SECRET=emulator.client_secret,
        )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.count("Exported(") == 3
    assert {path.name for path in (tmp_path / "exports").glob("*.pdf")} == {"West.pdf", "East.pdf", "South.pdf"}


def test_the_pytest_example_passes(tmp_path: Path) -> None:
    """The second example is a test that passes where nothing but the fixture is set up."""
    (example,) = [block for block in blocks("python") if "looker_emulator" in block]
    (tmp_path / "test_example.py").write_text(example)
    ended = run_python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=tmp_path)
    assert "1 passed" in ended.stdout, ended.stdout


@pytest.mark.parametrize(("form", "suffix", "rows"), [("yaml", "yaml", 3), ("json", "jsonl", 1), ("csv", "csv", 2)])
async def test_the_manifests_are_right(form: str, suffix: str, rows: int, tmp_path: Path) -> None:
    """Each manifest of the README is read without a complaint."""
    path = tmp_path / f"m.{suffix}"
    path.write_text(blocks(form)[0])
    assert (await make_plan(path)).count == rows


def test_the_burst_is_what_the_schema_allows() -> None:
    """The second manifest, whose files and folders are somebody's, is right by the published schema."""
    validator = jsonschema.Draft202012Validator(json_schema())
    assert list(validator.iter_errors(yaml.safe_load(blocks("yaml")[1]))) == []
