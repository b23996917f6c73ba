"""What blocks is not done on the event loop: no library is imported there, and no file read, once a client works."""

import asyncio
import json
import sys
import textwrap
from pathlib import Path

import pytest

from looker_tasks.emulator import Emulator
from tests.cli.program import environment

#: The client's process: it notes what its event loop's thread imports and opens, for that cannot be seen from outside.
CLIENT = """
    import asyncio, json, pathlib, sys, threading
    from looker_tasks import ConfigurationError, DashboardExport, LookerTasks, QueryExport

    def note(event, arguments):
        if event in ("import", "open") and works and threading.current_thread() is threading.main_thread():
            noted.append(str(arguments[0]))

    works, noted = False, []
    sys.addaudithook(note)

    async def export(looker, query):
        for form in ("parquet", "csv"):
            async with looker.open(QueryExport(query, form)) as result:
                assert [chunk async for chunk in result.chunks]
        assert (await looker.table(QueryExport(query, "csv"))).num_rows
        exports = [QueryExport(query, "parquet"), QueryExport(query, "arrow"), DashboardExport("1", "pdf")]
        for to in (sys.argv[5], "memory://folder", "s3://bucket/folder"):
            async with looker.export_all(exports, to, state=sys.argv[6]) as outcomes:
                ended = [type(outcome).__name__ async for outcome in outcomes]
                assert ended == ["Exported"] * 3, ended

    async def main(url, client_id, client_secret, query):
        global works
        async with LookerTasks(url, client_id, client_secret) as looker:
            await looker.login()  # aiohttp and anyio import what they need for an event loop
            works = True
            try:
                await export(looker, query)
            except ConfigurationError as refusal:
                assert "s3://bucket/folder" in str(refusal)  # nobody answers there
            finally:
                works = False
            assert "obstore" in sys.modules and "pyarrow" in sys.modules
        print(json.dumps(noted))

    asyncio.run(main(*sys.argv[1:5]))
"""
_OF_PYTHON = ("encodings", "resource")  # small ones of the standard library


async def blocking_work(emulator: Emulator, folder: Path, environ: dict[str, str]) -> list[str]:
    """Return what the client's event loop imported and opened."""
    arguments = (emulator.url, emulator.client_id, emulator.client_secret, emulator.examples.query)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", textwrap.dedent(CLIENT), *arguments, str(folder / "out"), str(folder / "state")),
        env=environment(environ),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, complaint = await process.communicate()
    assert complaint == b""
    noted: list[str] = json.loads(printed)
    return noted


@pytest.mark.long
@pytest.mark.timeout(120)
async def test_nothing_is_imported_and_no_file_is_opened_on_the_event_loop(tmp_path: Path) -> None:
    """Tables, files, buckets and the profiles of AWS: their libraries and files are a thread's business."""
    (tmp_path / "config").write_text("[default]\nregion = us-east-1\nendpoint_url = http://127.0.0.1:9\n")
    (tmp_path / "credentials").write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    environ = {
        "AWS_CONFIG_FILE": str(tmp_path / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "credentials"),
    }
    async with Emulator(renderer="fake", render_seconds=0.0, query_seconds=0.0) as emulator:
        noted = await blocking_work(emulator, tmp_path, environ)
    assert [each for each in noted if not any(own in each for own in _OF_PYTHON)] == []
