"""A plan: all that a manifest makes, checked as a whole before the first export begins, and made lazily after that.

    plan = await make_plan(Path("manifest.yaml"), looker=looker)
    async with looker.export_all(plan.exports, "exports") as outcomes: …

The file is gone through once to ask what must be asked, once to check every row and every name, and again for each run.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from fnmatch import translate
from pathlib import Path

from attrs import define, field, frozen

from looker_tasks.errors import ConfigurationError
from looker_tasks.exports import Export
from looker_tasks.manifest import read_rows
from looker_tasks.manifest.complaints import Complaints
from looker_tasks.outcomes import Failed
from looker_tasks.planning.checking import Check
from looker_tasks.planning.combined import CombinedFile
from looker_tasks.planning.known import Known, Looker
from looker_tasks.planning.making import Making
from looker_tasks.planning.planned import Planned, Settings
from looker_tasks.planning.summary import Summary
from looker_tasks.sansio.protocol.operations import ApiVersion


@define(eq=False)
class Plan:
    """A checked plan. `exports` may be gone through again and again; it asks Looker only for the queries of tiles."""

    path: Path
    count: int  # of files, those that become parts of combined ones included
    summary: Summary
    left_out: tuple[str, ...]  # what the manifest names and nothing can be made of
    warnings: tuple[str, ...]
    combined: Mapping[str, CombinedFile]  # by the combined file's name
    calls: int  # that it took to make the plan
    _making: Making = field(repr=False)

    def __len__(self) -> int:
        return self.count

    @property
    def exports(self) -> "PlannedExports":
        """The exports, in the manifest's sequence."""
        return PlannedExports(self._making)

    @property
    def titles(self) -> Mapping[tuple[str, str], str]:
        """What Looker calls content, by kind and id, as far as the plan asked; more as tiles are exported."""
        return self._making.known.titles

    @property
    def refused(self) -> AbstractSet[str]:
        """The names of the files whose exports could not even be made, as far as `exports` was gone through."""
        return self._making.refused

    def files(self) -> Iterator[Planned]:
        """Give each file that will be made, without asking Looker for anything."""
        return self._making.planned()


@frozen
class PlannedExports:
    """The exports of a plan: an async iterable, to be gone through as often as wanted.

    A tile whose query Looker refuses is `Failed` at once.
    """

    _making: Making = field(repr=False)

    async def __aiter__(self) -> AsyncIterator[Export | Failed]:
        for planned in self._making.planned():
            yield await self._making.export(planned)


def needs_looker(path: Path) -> bool:
    """Tell whether Looker must be asked to make a plan of *path*. Raises `ConfigurationError`."""
    return _making(path, Settings("4.0", {}, datetime.now().astimezone()), None).needs_looker()


async def make_plan(
    path: Path,
    *,
    api_version: ApiVersion = "4.0",
    variables: Mapping[str, str] | None = None,
    only: str | None = None,
    looker: Looker | None = None,
    now: datetime | None = None,
) -> Plan:
    """Read, fill in and check all of the manifest *path*.

    *variables* are fields for all rows; *only*, a glob, keeps the files (or combined files) of those names; *looker* is
    asked for what only it knows; *now* is what `{date:…}` writes. Raises `ConfigurationError` with a line for each of
    the first wrong rows: file, row, key, what was expected.
    """
    settings = Settings(api_version, dict(variables or {}), now or datetime.now().astimezone())
    making = _making(path, settings, looker)
    complaints = Complaints(path)
    making.check_defaults()
    await making.prepare(complaints)
    complaints.raise_any()
    making.only = None if only is None else re.compile(translate(only))
    check = Check(making)
    check.run(complaints)
    if only is not None and not check.count and check.first_name:
        raise ConfigurationError(f"--only {only!r} fits none of the files; the first is {check.first_name!r}")
    return Plan(
        path=path,
        count=check.count,
        summary=check.summary,
        left_out=tuple(check.left_out),
        warnings=(*making.known.warnings, *check.warnings),
        combined=check.combined,
        calls=making.known.calls,
        making=making,
    )


def _making(path: Path, settings: Settings, looker: Looker | None) -> Making:
    return Making(path, read_rows(path), Known(looker, path.parent), settings)
