"""A server that answers anything at all: every export ends in exactly one outcome, and no file is wrong."""

import asyncio
import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from looker_tasks import (
    DashboardExport,
    Deadlines,
    Export,
    Exported,
    Failed,
    LookerTasks,
    LookerTasksError,
    LookExport,
    Outcome,
    Policy,
    QueryExport,
    Retry,
)
from looker_tasks.sansio.naming import OWN_FOLDER
from tests.aio.raw_server import Asked, raw_server, response
from tests.aio.scripted_looker import DOCUMENTS, ScriptedLooker
from tests.virtual_clock import VirtualClockLoop

EXPORTS: tuple[Export, ...] = (
    DashboardExport("1", "pdf", name="0"),
    LookExport("1", "png", name="1"),
    QueryExport("1", "json", name="2"),
    LookExport("1", "csv", name="3"),
)
POLICY = Policy(retry=Retry(call_attempts=4), deadlines=Deadlines(export=300, progress=200, call=30, stop=10))

STATUSES = ("added", "querying", "rendering", "success", "complete", "failure", "error", "killed", "expired", "?")
MEANT = st.fixed_dictionaries(
    {"id": st.sampled_from(["1", "a/b", "..", 7, None]), "status": st.sampled_from([*STATUSES, None, 3])},
    optional={
        "status_detail": st.text(max_size=9),
        "access_token": st.text(max_size=9),
        "expires_in": st.one_of(st.integers(), st.floats(allow_nan=False), st.none()),
        "query_id": st.text(max_size=3),
        "message": st.text(max_size=9),
    },
)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.one_of(
    st.binary(max_size=64),
    st.sampled_from([body for body, _ in DOCUMENTS.values()]),
    st.sampled_from([b"<!DOCTYPE html><title>502</title>", b'[{"looker_error": "no"}]', b'{"errors": [{}]}', b"[]"]),
    (MEANT | ANYTHING).map(lambda value: json.dumps(value).encode()),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Content-Length", "Content-Encoding", "Retry-After", "Location", "Date", "Transfer-Encoding"]
    ),
    st.one_of(
        st.sampled_from(
            ["text/html", "application/json", "0", "5", "-1", "9" * 30, "gzip", "br", "chunked", "http://x.example/"]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12),
    ),
    max_size=3,
)


# A whole HTTP answer; those header fields that are not given say what is true.
WHOLE = st.builds(
    response,
    st.sampled_from([200, 200, 200, 202, 204, 401, 404, 429, 500, 503]) | st.integers(100, 999),
    BODIES,
    HEADERS,
)
WELL = b"well"  # as a good server would answer
NONSENSE = st.binary(max_size=64)
HANGS = None
ANSWERS = st.lists(st.one_of(WHOLE, WHOLE, NONSENSE, st.just(HANGS), st.just(WELL)), min_size=4, max_size=30)


async def outcomes_of(answers: list[bytes | None], folder: Path) -> list[Outcome]:
    """Run all exports against a server that gives *answers* one by one, and answers well after that."""
    looker = ScriptedLooker()
    left = iter([WELL, *answers])  # the first is to the login

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        match next(left, WELL):
            case b"well":
                await looker.answer(asked, writer)
            case None:
                await asyncio.sleep(40)
                writer.close()
            case told:
                writer.write(told)
                await writer.drain()
                writer.close()

    outcomes = []
    async with raw_server(answer) as url, LookerTasks(url, "id", "secret", policy=POLICY) as client:
        try:
            async with client.export_all(EXPORTS, folder, concurrency=2) as run:
                async for outcome in run:
                    outcomes.append(outcome)  # noqa: PERF401  # those before an error count too
        except LookerTasksError:  # the server lets nobody in any more
            return outcomes
    assert {outcome.export.name for outcome in outcomes} == {export.name for export in EXPORTS}
    return outcomes


@pytest.mark.long
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(answers=ANSWERS)
def test_whatever_a_server_says_no_file_is_wrong(answers: list[bytes | None]) -> None:
    """Each export has one outcome, an error fit to print or a whole file, and nothing else lies in the folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with asyncio.Runner(loop_factory=VirtualClockLoop) as runner:
            outcomes = runner.run(outcomes_of(answers, folder))
        assert len({outcome.export for outcome in outcomes}) == len(outcomes)
        exported = {outcome.export.name for outcome in outcomes if isinstance(outcome, Exported)}
        assert {path.name for path in folder.iterdir()} - {OWN_FOLDER} == exported
        for outcome in outcomes:
            match outcome:
                case Exported(export=export, artifact=artifact):
                    body = artifact.path.read_bytes()
                    assert len(body) == artifact.size
                    assert is_right(export.result_format, body), body
                case Failed(error=error):
                    assert str(error).isprintable()


def is_right(result_format: str, body: bytes) -> bool:
    """Tell whether *body* may pass for a file of that format, by rules of our own."""
    match result_format:
        case "json":
            return isinstance(json.loads(body), list | dict)
        case "csv":
            return body != b"" and not body.lower().lstrip().startswith((b"<!doctype", b"<html", b"looker_error"))
        case _:
            return body == DOCUMENTS[result_format][0]
