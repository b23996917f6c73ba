"""Results saved from a stream of chunks, for the tests of the sink."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.folder import Folder
from looker_tasks.aio.files.sink import Again, Encoders, Expected, Sink, no_encoder
from looker_tasks.aio.http.result import Result
from looker_tasks.errors import LookerTasksError
from looker_tasks.outcomes import Artifact
from tests.aio.scripted_looker import DOCUMENTS

PDF = DOCUMENTS["pdf"][0]


TYPES = {result_format: content_type for result_format, (_, content_type) in DOCUMENTS.items()}


async def stream(chunks: Iterable[bytes]) -> AsyncIterator[bytes]:
    """Give *chunks* with a pause between them, as a network does."""
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


async def saved(
    path: Path,
    chunks: Iterable[bytes] | AsyncIterator[bytes],
    result_format: str = "pdf",
    *,
    content_type: str | None = None,
    length: int | None = None,
    largest: int = 2**30,
    encoders: Encoders = no_encoder,
    is_length_proven: bool = True,
    again: Again | None = None,
) -> Artifact:
    """Save *chunks* at *path*."""
    body = chunks if isinstance(chunks, AsyncIterator) else stream(chunks)
    result = Result(
        content_type or TYPES.get(result_format, "text/plain"), length, body, is_length_proven=is_length_proven
    )
    expected = Expected(result_format=result_format, task_id="task-1", largest=largest, encoders=encoders)
    with closing(Disk()) as disk:
        sink = Sink(Target(Folder(path.parent, disk), path.name), expected, result.content_type)
        return await sink.save(result, again)


async def refused(path: Path, chunks: Iterable[bytes] | AsyncIterator[bytes], *how: str) -> LookerTasksError:
    """Return the error of saving *chunks*, after seeing that nothing is left of it."""
    before = everything_in(path.parent)
    with pytest.raises(LookerTasksError) as raised:
        await saved(path, chunks, *how)
    assert everything_in(path.parent) == before
    return raised.value


def everything_in(folder: Path) -> dict[str, bytes]:
    """Return the content of every file below *folder*, hidden ones too."""
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}
