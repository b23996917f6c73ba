"""Exports one by one, as services make them: into files, as streams, bytes and tables, as tasks for later."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING

from attrs import evolve

from looker_tasks.aio.files.locate import prepared_target
from looker_tasks.aio.http.api import LookerApi
from looker_tasks.aio.http.result import Result
from looker_tasks.aio.http.tiles import tile_exports
from looker_tasks.aio.parts import Parts
from looker_tasks.aio.run.results.streams import read_bounded, spooled
from looker_tasks.errors import InvalidExport, ResultRejected
from looker_tasks.exports import DashboardExport, Export, LookExport, QueryExport
from looker_tasks.formats import IMAGE_FORMATS
from looker_tasks.models import TaskStatus
from looker_tasks.outcomes import Outcome, Started
from looker_tasks.sansio.task_token import decode

if TYPE_CHECKING:
    from looker_tasks.tables.table import Table


class SingleExports:
    """What a client does with one export. With *user_id*, in the name of that user."""

    def __init__(self, parts: Parts, user_id: str | None = None) -> None:
        self._parts = parts
        self._user_id = user_id
        self._session = parts.session if user_id is None else parts.session.for_user(user_id)

    async def login(self) -> None:
        """Log in now. Exports do it by themselves.

        Raises `CredentialsRefused`, or `HostUnreachable` where no Looker answers.
        """
        await self._parts.log_in()

    async def export(
        self, export: Export, to: str | PathLike[str], *, storage: Mapping[str, str] | None = None
    ) -> Outcome:
        """Bring one export to the file at *to*, a path or an object's URL, and return its outcome.

        *storage* has options of the object's store, such as ``endpoint`` and ``region``.

        Raises `ConfigurationError` for a place where no file can be written, `CredentialsRefused` or
        `HostUnreachable`; whatever else goes wrong is a `Failed`.
        """
        self._parts.check()
        target = await prepared_target(to, self._parts.effects.disk, storage)
        await self.login()
        return await self._parts.singles.save(self._named(export), target)

    @asynccontextmanager
    async def open(self, export: Export) -> AsyncIterator[Result]:
        """Give the result of *export* as it comes, for an HTTP response, say: nothing is written anywhere.

        ``async with`` it, and pass on `Result.chunks`. The first bytes have been checked by then. A body that breaks
        off, or turns out to be no whole file, raises from the chunks before their end, so that nobody takes what came
        for the whole. Whoever is cancelled gives its slot back at once, and a query is killed.
        Raises what went wrong: any `LookerTasksError`, with its `advice`.
        """
        self._parts.check()
        await self.login()
        async with self._parts.singles.open(self._named(export)) as result:
            yield result

    async def read(self, export: Export) -> bytes:
        """Return the result of *export*, of at most `Limits.read_bytes`: it is in memory. Raises as `open` does.

        Raises `ResultTooLarge` for a larger one.
        """
        async with self.open(export) as result:
            return await read_bounded(result, self._parts.policy.limits.read_bytes)

    async def table(self, export: Export) -> "Table":
        """Return the rows of a look or query as a `pyarrow.Table`, typed by Looker's metadata of the fields.

        Whatever its format, the rows are asked for as json_bi. Needs the extra `tables`. Raises as `open` does, and
        `InvalidExport` for what has no rows.
        """
        from looker_tasks.tables.errors import TableError  # noqa: PLC0415  # an extra

        disk = self._parts.effects.disk
        async with self.open(_as_rows(export)) as result, spooled(result, disk) as chunks:
            try:
                return await disk.run(partial(_table, chunks))
            except TableError as error:
                raise ResultRejected(task_id="of the table", reason=error.reason) from error

    async def tiles(self, export: DashboardExport, result_format: str = "csv") -> list[QueryExport]:
        """Return an export in *result_format* for each tile of a dashboard that has rows, under its filters.

        Raises `InvalidExport` for a filter that the dashboard has not, and what its operations raise.
        """
        self._parts.check()
        await self.login()
        return list((await tile_exports(LookerApi(self._session.insistent()), export, result_format, {})).exports)

    async def start(self, export: Export) -> Started:
        """Create the task of *export* and return: its `Started.token` is text, for whoever collects the result later.

        The create waits for a slot under the client's limit; a task that was started counts no more after that, for
        nobody here knows when it ends. Raises what went wrong.
        """
        self._parts.check()
        await self.login()
        made = await self._parts.singles.start(self._named(export))
        return Started(made.encode(), made.export, made.task_id)

    async def poll(self, token: str) -> TaskStatus:
        """Return how far the task of *token* has come, and when it is worth to ask again.

        Raises `ConfigurationError` for what is no token, or one of another Looker or of a newer release.
        """
        self._parts.check()
        return await self._parts.singles.poll(decode(token, self._parts.base_url))

    async def finish(self, token: str, to: str | PathLike[str], *, storage: Mapping[str, str] | None = None) -> Outcome:
        """Wait for the task of *token*, bring its result to the file at *to*, and return the outcome.

        Where Looker knows the task or its result no more, it is created again, as for any export.
        Raises as `export` and `poll` do.
        """
        self._parts.check()
        found = decode(token, self._parts.base_url)
        target = await prepared_target(to, self._parts.effects.disk, storage)
        await self.login()
        return await self._parts.singles.save(found.export, target, task_id=found.task_id)

    async def kill(self, token: str) -> bool:
        """Stop the query of *token* on the server; return False where nothing was to stop: no Looker stops a render.

        Raises as `poll` does.
        """
        self._parts.check()
        return await self._parts.singles.kill(decode(token, self._parts.base_url))

    def _named(self, export: Export) -> Export:
        """Return *export* in the name of the user, unless it has its own."""
        return export if self._user_id is None or export.as_user is not None else evolve(export, as_user=self._user_id)


def _table(chunks: Iterable[bytes]) -> "Table":
    """Read a table. It runs in a thread, for the import of its library takes a while as well. Raises `TableError`."""
    from looker_tasks.tables.table import read_table  # noqa: PLC0415  # an extra

    return read_table(chunks)


def _as_rows(export: Export) -> Export:
    """Return the export whose rows a table is made of."""
    if isinstance(export, LookExport | QueryExport) and export.result_format not in IMAGE_FORMATS:
        return evolve(export, result_format="json_bi")
    raise InvalidExport("a table is made of the rows of a look or a query", field="result_format")
