"""The programs that tests start are processes like those that a shell starts, though forked."""

import json
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAM, environment, line_of, looker_tasks, rest_of, started


@pytest.mark.long
def test_it_says_what_a_started_one_says(tmp_path: Path) -> None:
    """Forked or not: the same streams and the same status, whether all is well or not."""
    for arguments in (("schema",), ("export", "none.csv", "--out", "o"), ("--help",), ("nonsense",)):
        ended = looker_tasks(*arguments, cwd=tmp_path, settings={"COLUMNS": "70"})
        other = subprocess.run(
            [*PROGRAM, *arguments],
            cwd=tmp_path,
            env=environment({"COLUMNS": "70"}),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.status, ended.out, ended.err) == (other.returncode, other.stdout, other.stderr)


def test_it_dies_of_a_signal_alone(tmp_path: Path) -> None:
    """A kill is its status, and another program of the same server runs on."""
    with (
        started("emulator", "--renderer", "fake", cwd=tmp_path) as killed,
        started("emulator", "--renderer", "fake", cwd=tmp_path) as other,
    ):
        assert line_of(killed.stdout) != line_of(other.stdout)
        assert (killed.poll(), other.poll()) == (None, None)
        killed.send_signal(signal.SIGKILL)
        assert rest_of(killed) == ("", "")
        assert killed.returncode == -signal.SIGKILL
        assert other.poll() is None
        other.send_signal(signal.SIGTERM)
        assert rest_of(other) == ("", "")
        assert other.returncode == 0


def test_it_has_no_descriptor_of_the_server(tmp_path: Path) -> None:
    """What a program opens has the numbers that it would have from a shell, and no socket of another."""
    with started("emulator", "--renderer", "fake", cwd=tmp_path) as first:
        json.loads(line_of(first.stdout))
        with started("emulator", "--renderer", "fake", cwd=tmp_path) as second:
            json.loads(line_of(second.stdout))
            kept = {path.name: path.readlink() for path in Path(f"/proc/{second.pid}/fd").iterdir()}
            assert all(str(target).startswith(("pipe:", "/dev/null")) for name, target in kept.items() if int(name) < 3)
            others = {path.readlink() for path in Path(f"/proc/{first.pid}/fd").iterdir()}
            assert {str(target) for target in others & set(kept.values())} <= {"/dev/null", "anon_inode:[eventpoll]"}
