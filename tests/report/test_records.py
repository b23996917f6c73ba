"""A timeline is read whatever became of it: torn, foreign, absurd or hostile lines are left out."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks import DashboardExport
from looker_tasks.report.folder import Place, read_runs
from looker_tasks.report.records import read_run
from tests.report.recorded import exported, record

HEADER = b'{"looker_tasks_timeline":1,"started":100.0}'
IDENTITY = b'["i",0,1,"k","a.pdf","dashboard","42","pdf"]'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(
    st.lists(
        st.binary(max_size=40)
        | JSON.map(lambda value: json.dumps(value).encode())
        | st.tuples(st.sampled_from("iptbflwxe"), st.lists(JSON, max_size=7)).map(
            lambda each: json.dumps([each[0], *each[1]]).encode()
        )
    )
)
def test_no_lines_break_the_reader(lines: list[bytes]) -> None:
    """Whatever follows a header, there is a run, and what was right before is in it."""
    run = read_run([HEADER, IDENTITY, *lines])
    assert run is not None
    assert run.traces[0].name == "a.pdf"
    assert 0 <= run.last < 1e10


@pytest.mark.parametrize(
    "first", [b"", b"{}", b"[]", b'{"looker_tasks_timeline":2,"started":1}', b"\xff\x00", b"[" * 9999]
)
def test_what_has_no_header_is_no_timeline(first: bytes) -> None:
    """A foreign file, and a timeline of a later release, are not guessed at."""
    assert read_run([first, IDENTITY]) is None


def test_a_killed_runs_last_line_may_be_torn(tmp_path: Path) -> None:
    """The run is there without its end, and what had begun has none either."""
    steps = [exported(DashboardExport("1", name=f"{number}.pdf"), number * 1.0, 9) for number in range(10)]
    record(tmp_path, steps, until=9.0)
    (run,) = read_runs(Place.of(tmp_path))
    assert not run.is_ended
    assert [trace.ending is not None for trace in run.traces] == [step.end <= 9.0 for step in steps]


def test_values_of_a_wrong_type_are_left_out() -> None:
    """An end with a size that is a text, a negative time and an endless number still is an end."""
    end = b'["f",5,1,3,{"outcome":"exported","size":"9","seconds":-1,"calls":1e999,"sha256":7,"phases":{"a":null}}]'
    run = read_run([HEADER, IDENTITY, end])
    assert run is not None
    ending = run.traces[0].ending
    assert ending is not None
    assert (ending.size, ending.seconds, ending.calls, ending.sha256, ending.phases) == (None, None, None, "", {})
