"""A bucket as a destination: an object is there whole or not at all, on a real S3 server, in real time."""

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import SimpleNamespace

import anyio
import pytest

from looker_tasks.aio.files.bucket.bucket import PART
from looker_tasks.aio.files.bucket.stores import store_at
from looker_tasks.aio.files.destination import Destination, Target
from looker_tasks.aio.files.disk import Disk
from looker_tasks.aio.files.locate import destination_at, prepared_target
from looker_tasks.aio.files.sink import Expected, Sink
from looker_tasks.aio.http.result import Result
from looker_tasks.errors import ConfigurationError, ConnectionBroken, FileNotWritten, ResultRejected
from looker_tasks.outcomes import Artifact
from tests.aio.saving import PDF, stream
from tests.s3_server import S3Server

SIZES = [len(PDF), 2**20, PART - 1, PART, PART + 1, 3 * PART, 3 * PART + 7]


def body_of(size: int) -> bytes:
    """Return a PDF, more or less, of *size* bytes."""
    return PDF[:10] + random.randbytes(size - len(PDF)) + PDF[10:]


@pytest.fixture
def disk() -> Iterator[Disk]:
    """Give a disk, closed at the end."""
    with closing(Disk()) as opened:
        yield opened


@pytest.fixture
async def folder(s3: S3Server, bucket: str, disk: Disk) -> Destination:
    """Give a folder in an empty bucket."""
    return await destination_at(f"s3://{bucket}/some/folder", disk, s3.storage)


async def saved(destination: Destination, name: str, chunks: AsyncIterator[bytes], key: str = "") -> Artifact:
    """Save *chunks* as the object *name*."""
    expected = Expected(result_format="pdf", task_id="task-1", largest=2**30)
    sink = Sink(Target(destination, name, {"exportkey": key}), expected, "application/pdf")
    return await sink.save(Result("application/pdf", None, chunks))


def pieces(body: bytes) -> AsyncIterator[bytes]:
    """Give *body* as a network does."""
    return stream(body[start : start + 200_000] for start in range(0, len(body), 200_000))


@pytest.mark.parametrize("size", SIZES)
async def test_a_result_is_kept_byte_for_byte(s3: S3Server, bucket: str, folder: Destination, size: int) -> None:
    """In one request or in parts: the same object comes out, with its content type, and the artifact tells of it."""
    body = body_of(size)
    artifact = await saved(folder, "a/b.pdf", pieces(body))
    assert s3.body(bucket, "some/folder/a/b.pdf") == body
    assert artifact.location == f"s3://{bucket}/some/folder/a/b.pdf"
    assert (artifact.size, artifact.sha256) == (size, hashlib.sha256(body).hexdigest())
    head = s3.client().head_object(Bucket=bucket, Key="some/folder/a/b.pdf")
    assert (head["ContentType"], head["ETag"]) == ("application/pdf", artifact.etag)
    assert head["Metadata"].get("sha256") == (artifact.sha256 if size <= PART else None)
    assert s3.incomplete(bucket) == []


async def test_an_artifact_in_a_bucket_has_no_path(folder: Destination) -> None:
    """Whoever takes it for a local file is told so."""
    artifact = await saved(folder, "b.pdf", pieces(PDF))
    with pytest.raises(ValueError, match=r"s3://.*/b\.pdf is no local file"):
        _ = artifact.path


@pytest.mark.parametrize("size", [len(PDF), 2 * 2**20, 3 * PART])
async def test_a_result_that_is_no_file_leaves_the_former_object(
    s3: S3Server, bucket: str, folder: Destination, size: int
) -> None:
    """What was cut short is seen at its end, and takes nothing away: no object, and no upload that is incomplete."""
    await saved(folder, "b.pdf", pieces(PDF))
    with pytest.raises(ResultRejected, match="cut short"):
        await saved(folder, "b.pdf", pieces(body_of(size)[:-7]))
    assert s3.body(bucket, "some/folder/b.pdf") == PDF
    assert s3.incomplete(bucket) == []


async def test_a_stream_that_breaks_leaves_nothing(s3: S3Server, bucket: str, folder: Destination) -> None:
    """Neither an object nor parts of one."""

    async def breaking() -> AsyncIterator[bytes]:
        yield body_of(3 * PART)
        raise ConnectionBroken(operation="render_task_results", message="reset", sent=True)

    with pytest.raises(ConnectionBroken):
        await saved(folder, "b.pdf", breaking())
    assert (s3.objects(bucket), s3.incomplete(bucket)) == ({}, [])


@pytest.mark.parametrize("moment", range(12))
async def test_whenever_it_is_cancelled_no_part_is_left(
    s3: S3Server, bucket: str, folder: Destination, moment: int
) -> None:
    """Cancelled at any moment: the object is whole or not there, and no upload is left incomplete."""
    body = body_of(4 * PART)
    task = asyncio.create_task(saved(folder, "b.pdf", pieces(body)))
    _, pending = await asyncio.wait({task}, timeout=moment * 0.06)
    for each in pending:
        each.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert s3.incomplete(bucket) == []
    assert s3.objects(bucket) in ({}, {"some/folder/b.pdf": len(body)})


async def test_a_scope_that_is_cancelled_leaves_no_part(s3: S3Server, bucket: str, folder: Destination) -> None:
    """A scope of anyio cancels again and again, whatever is awaited: giving an upload up is not cut off by that."""
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        yield body_of(3 * PART)
        begun.set()
        await asyncio.get_running_loop().create_future()

    async with anyio.create_task_group() as group:
        group.start_soon(saved, folder, "b.pdf", endless())
        await begun.wait()
        assert await asyncio.to_thread(s3.incomplete, bucket) == ["some/folder/b.pdf"]
        group.cancel_scope.cancel()
    assert (s3.objects(bucket), s3.incomplete(bucket)) == ({}, [])


async def test_a_look_leaves_nothing_behind(s3: S3Server, bucket: str, folder: Destination) -> None:
    """To see whether one may write, no object is ever made."""
    await folder.prepare()
    assert (s3.objects(bucket), s3.incomplete(bucket)) == ({}, [])


async def test_a_bucket_that_is_not_there_is_told(s3: S3Server, disk: Disk) -> None:
    """Before anything is created, in one line with its URL."""
    with pytest.raises(ConfigurationError) as raised:
        await (await destination_at("s3://no-such-bucket/folder", disk, s3.storage)).prepare()
    assert str(raised.value) == "s3://no-such-bucket/folder: there is no such bucket"


async def test_a_store_that_is_not_there_is_told(disk: Disk) -> None:
    """An address at which nobody answers is told in one line, and soon."""
    storage = {"endpoint": "http://127.0.0.1:9", "region": "x", "access_key_id": "a", "secret_access_key": "b"}
    with pytest.raises(ConfigurationError, match=r"s3://b/f: .*") as raised:
        await (await destination_at("s3://b/f", disk, storage)).prepare()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("url", ["s3://", "s3:///folder", "http://bucket/x", "ftp://bucket", "S4://b"])
async def test_a_url_of_no_bucket_is_told(url: str, disk: Disk) -> None:
    """Each with what was expected."""
    with pytest.raises(ConfigurationError, match="expected"):
        await destination_at(url, disk)


async def test_an_option_that_a_store_does_not_have_is_told(disk: Disk) -> None:
    """By its name."""
    with pytest.raises(ConfigurationError, match="nonsense"):
        await destination_at("s3://bucket/x", disk, {"nonsense": "1"})
    with pytest.raises(ConfigurationError, match="a folder takes no storage options"):
        await destination_at("some/folder", disk, {"region": "x"})


@pytest.mark.parametrize("url", ["s3://bucket/folder/", "s3://bucket", "s3://"])
async def test_a_url_that_names_no_object_is_told(url: str, disk: Disk) -> None:
    """A single export wants the key of one object."""
    with pytest.raises(ConfigurationError, match="it names no object"):
        await prepared_target(url, disk)


async def test_the_environment_leads_to_the_store(
    s3: S3Server, bucket: str, disk: Disk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As AWS's own tools have it, an endpoint of one's own too."""
    for name, value in s3.environ.items():
        monkeypatch.setenv(name, value)
    target = await prepared_target(f"s3://{bucket}/a/b.pdf", disk)
    await saved(target.destination, target.name, pieces(PDF))
    assert s3.objects(bucket) == {"a/b.pdf": len(PDF)}


async def test_a_profile_leads_to_the_store(
    s3: S3Server, bucket: str, disk: Disk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As AWS's own tools have it: keys of one file, region and endpoint of the other."""
    credentials, config = tmp_path / "credentials", tmp_path / "config"
    keys = "aws_access_key_id = id\naws_secret_access_key = sec%ret"
    credentials.write_text(f"[default]\naws_access_key_id = other\n[west]\n{keys}\n")
    config.write_text(f"[profile west]\nregion = us-east-1\nendpoint_url = {s3.url}\n")
    with monkeypatch.context() as environment:
        for name in s3.environ:
            environment.delenv(name, raising=False)
        environment.setenv("AWS_SHARED_CREDENTIALS_FILE", str(credentials))
        environment.setenv("AWS_CONFIG_FILE", str(config))
        environment.setenv("AWS_PROFILE", "east")
        with pytest.raises(ConfigurationError, match="AWS_PROFILE is 'east'"):
            await destination_at(f"s3://{bucket}", disk)
        environment.setenv("AWS_PROFILE", "west")
        await saved(await destination_at(f"s3://{bucket}", disk), "b.pdf", pieces(PDF))
    assert s3.objects(bucket) == {"b.pdf": len(PDF)}


@pytest.mark.parametrize("name", ["Zürich/Ünïted „Q“ #1 100% ?&+ = a.pdf", "x y%20z~!'().pdf", "a/b/c/d/e.pdf"])
async def test_names_are_taken_as_they_are(s3: S3Server, bucket: str, folder: Destination, name: str) -> None:
    """A key has what the name has, and the object is found again under it."""
    artifact = await saved(folder, name, pieces(PDF))
    assert s3.objects(bucket) == {f"some/folder/{name}": len(PDF)}
    found = await folder.fingerprint(name)
    assert found is not None
    assert (found.size, found.etag) == (len(PDF), artifact.etag)


@pytest.mark.parametrize("size", [len(PDF), 2 * PART])
async def test_an_object_is_known_again(folder: Destination, size: int) -> None:
    """By its entity tag, by its digest, and by the export that it was made for; another export's it is not."""
    body = body_of(size)
    artifact = await saved(folder, "b.pdf", pieces(body), key="k1")
    assert await folder.digest("b.pdf") == artifact.sha256
    found = await folder.fingerprint("b.pdf")
    assert found is not None
    assert found.etag == artifact.etag
    record = await folder.remembered("k1", "b.pdf")
    assert record is not None
    assert (record.state, record.size, record.etag) == ("exported", size, artifact.etag)
    assert record.sha256 == (artifact.sha256 if size <= PART else "")
    assert await folder.remembered("k2", "b.pdf") is None
    assert await folder.remembered("k1", "c.pdf") is None
    assert await folder.fingerprint("c.pdf") is None
    with pytest.raises(OSError, match=r"c\.pdf"):
        await folder.digest("c.pdf")


async def test_a_bucket_that_goes_away_is_the_outcome(s3: S3Server, bucket: str, folder: Destination) -> None:
    """Told by its URL, and nothing is left."""
    s3.client().delete_bucket(Bucket=bucket)
    for size in (len(PDF), 3 * PART):
        with pytest.raises(FileNotWritten, match=r"b\.pdf: there is no such bucket") as raised:
            await saved(folder, "b.pdf", pieces(body_of(size)))
        assert raised.value.path == f"s3://{bucket}/some/folder/b.pdf"


@pytest.mark.long
async def test_many_large_uploads_wait_for_each_other(s3: S3Server, bucket: str, folder: Destination) -> None:
    """A dozen at once, of which a few hold memory at a time; all of them arrive."""
    bodies = [body_of(2 * PART + number) for number in range(12)]
    names = [f"{number}.pdf" for number in range(12)]
    await asyncio.gather(*(saved(folder, name, pieces(body)) for name, body in zip(names, bodies, strict=True)))
    assert s3.objects(bucket) == {f"some/folder/{name}": len(body) for name, body in zip(names, bodies, strict=True)}


async def test_memory_is_a_store_too(disk: Disk) -> None:
    """For tests: what one destination wrote, another finds."""
    artifact = await saved(await destination_at("memory://", disk), "a/b.pdf", pieces(PDF))
    assert await (await destination_at("memory:///a", disk)).digest("b.pdf") == artifact.sha256


def test_a_store_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the same bucket shares its connections for some minutes: then a file of credentials counts anew.

    Not where its options or the environment are others.
    """
    clock = SimpleNamespace(monotonic=lambda: 1000.0)
    monkeypatch.setattr("looker_tasks.aio.files.bucket.stores.time", clock)
    options = {"region": "us-east-1", "access_key_id": "a", "secret_access_key": "b"}
    first = store_at("s3://bucket/x", options).inner
    assert store_at("s3://bucket/y", options).inner is first
    assert store_at("s3://bucket/x", {**options, "region": "us-west-2"}).inner is not first
    clock.monotonic = lambda: 1300.0
    later = store_at("s3://bucket/x", options).inner
    assert later is not first
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of another")
    assert store_at("s3://bucket/x", options).inner is not later
