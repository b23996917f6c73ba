"""`looker-tasks list` as a program: what there is, for a person, for a pipe and for a program."""

import json
import os
import pty
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import PROGRAM, emulator, environment, looker_tasks

QUICK = ("--renderer", "fake", "--render-seconds", "0", "--query-seconds", "0")
CONTENT = ("dashboards", "looks", "folders", "boards", "schedules")


@pytest.fixture(scope="module")
def server() -> Iterator[Mapping[str, str]]:
    """Run one emulator for all tests of this module."""
    with emulator(*QUICK) as (settings, _):
        yield settings


def listed(server: Mapping[str, str], cwd: Path, *arguments: str) -> list[dict[str, Any]]:
    """Return what `list --json` prints."""
    ended = looker_tasks("list", *arguments, "--json", cwd=cwd, settings=server)
    assert (ended.status, ended.err) == (0, "")
    return [json.loads(line) for line in ended.out.splitlines()]


def on_a_terminal(server: Mapping[str, str], *arguments: str) -> str:
    """Return what the program draws where a person looks."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        env=environment({**server, "COLUMNS": "100", "TERM": "dumb"}),
        stdout=theirs,
        stderr=theirs,
    ) as program:
        os.close(theirs)
        drawn = b""
        while True:
            try:
                block = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not block:
                break
            drawn += block
        os.close(ours)
    assert program.returncode == 0
    return drawn.decode()


def test_dashboards_come_with_their_folders(server: Mapping[str, str], tmp_path: Path) -> None:
    """All of them once, LookML's too, each with the path of its folder, sorted by it and by title."""
    found = listed(server, tmp_path, "dashboards")
    assert len({row["id"] for row in found}) == len(found) > 40
    assert {"id": "4", "title": "Revenue and Margin", "folder": "Shared / Executive", "folder_id": "2"} in found
    assert "LookML Dashboards" in {row["folder"] for row in found if "::" in row["id"]}
    keys = [(row["folder"].casefold(), row["title"].casefold()) for row in found]
    assert keys == sorted(keys)


@pytest.mark.parametrize("content", CONTENT)
def test_a_pipe_gets_lines_parted_by_tabs(server: Mapping[str, str], tmp_path: Path, content: str) -> None:
    """As many lines as with --json, in the same sequence, with the id first and nothing else on either stream."""
    rows = listed(server, tmp_path, content)
    ended = looker_tasks("list", content, cwd=tmp_path, settings=server)
    assert rows
    assert (ended.status, ended.err) == (0, "")
    assert [line.split("\t")[0] for line in ended.out.splitlines()] == [row["id"] for row in rows]


def test_a_search_is_by_words_in_title_or_folder(server: Mapping[str, str], tmp_path: Path) -> None:
    """As an argument or as an option, in capitals or not; what is not there is nothing, and no failure."""
    everything = listed(server, tmp_path, "looks")
    loyal = [row for row in everything if "loyal" in row["title"].lower()]
    assert loyal
    assert listed(server, tmp_path, "looks", "LOYAL shared") == loyal
    assert listed(server, tmp_path, "looks", "--search", "loyal") == loyal
    assert listed(server, tmp_path, "looks", "no such words") == []


def test_a_person_gets_a_table(server: Mapping[str, str]) -> None:
    """With headings, every row, and how many there are."""
    drawn = on_a_terminal(server, "list", "boards")
    assert "dashboards" in drawn.splitlines()[1]
    assert "Monday Meeting" in drawn
    assert drawn.splitlines()[-1] == "2 boards"


def test_schedules_of_all_users_are_listed(server: Mapping[str, str], tmp_path: Path) -> None:
    """With what each sends, in which formats, when, and whether it is enabled."""
    found = {row["id"]: row for row in listed(server, tmp_path, "schedules")}
    assert len({row["user_id"] for row in found.values()}) > 1
    assert found["1"]["sends"] == "dashboard 42"
    assert found["1"]["formats"] == "wysiwyg_pdf, wysiwyg_png"
    assert {row["enabled"] for row in found.values()} == {True, False}


@pytest.mark.parametrize("command", [("list", "schedules"), ("from-schedules",)])
def test_a_missing_permission_is_told(tmp_path: Path, command: tuple[str, ...]) -> None:
    """One line with Looker's answer and what the API user needs, and status 2."""
    (tmp_path / "s.yaml").write_text("faults:\n- {kind: not_found, operation: all_scheduled_plans}\n")
    with emulator(*QUICK, "--scenario", str(tmp_path / "s.yaml")) as (settings, _):
        ended = looker_tasks(*command, cwd=tmp_path, settings=settings)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert "all_scheduled_plans: 404" in ended.err
    assert "see_schedules" in ended.err


@pytest.mark.parametrize(
    ("arguments", "status", "expected"),
    [
        (["list"], 2, "parameter CONTENT requires an argument"),
        (["list", "dashboard"], 2, 'Invalid value "dashboard" for CONTENT. Choose from: "dashboards", "looks"'),
        (["list", "looks", "a", "b"], 2, "b"),
        (["list", "looks", "--ini", "none.ini"], 2, "none.ini: there is no such file"),
        (["from-schedules", "--ini", "none.ini"], 2, "none.ini: there is no such file"),
        (["from-schedules", "x"], 2, "x"),
    ],
)
def test_wrong_use_is_one_line(
    server: Mapping[str, str], tmp_path: Path, arguments: list[str], status: int, expected: str
) -> None:
    """A wrong word, one too many, a file that is not there."""
    ended = looker_tasks(*arguments, cwd=tmp_path, settings=server)
    assert (ended.status, ended.out) == (status, "")
    assert expected in ended.err
    assert ended.err.count("\n") == 1


def test_wrong_credentials_are_told(server: Mapping[str, str], tmp_path: Path) -> None:
    """As with every command: one line, status 3, and no secret in it."""
    wrong = {**server, "LOOKERSDK_CLIENT_SECRET": "s3cret-of-the-test"}
    ended = looker_tasks("list", "looks", cwd=tmp_path, settings=wrong)
    assert ended.status == 3
    assert "client_secret" in ended.err
    assert "s3cret" not in ended.err
