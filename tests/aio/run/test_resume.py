"""A run after another one: what is done is skipped, what lives goes on, the rest is created."""

import sqlite3
from pathlib import Path

import pytest

from looker_tasks import Artifact, DashboardExport, Exported, History
from looker_tasks.models import TaskKind
from looker_tasks.sansio.polling.learned import LearnedPacing
from looker_tasks.sansio.polling.observation import Observation
from looker_tasks.sansio.polling.schedule import NextPoll
from tests.aio.journals import open_journal
from tests.aio.many_exports import all_of, client_of, dashboards, emulator_with
from tests.aio.one_export import GONE
from tests.aio.scripted_looker import ScriptedLooker, scripted_looker

pytestmark = pytest.mark.virtual_time

CREATE = "create_dashboard_render_task"


async def run(looker: ScriptedLooker, folder: Path, count: int, *, fresh: bool = False) -> list[bool]:
    """Run over *count* exports into *folder*; tell of each, by name, whether an earlier run had made it."""
    async with (
        client_of(looker) as client,
        client.export_all(dashboards(count), folder, concurrency=4, fresh=fresh) as outcomes,
    ):
        exported = [outcome for outcome in await all_of(outcomes) if isinstance(outcome, Exported)]
    assert len(exported) == count
    return [outcome.resumed for outcome in sorted(exported, key=lambda each: int(each.artifact.path.stem))]


async def test_what_is_done_and_unchanged_is_skipped(tmp_path: Path) -> None:
    """The same run again makes no task at all, and a longer one only what is new."""
    async with scripted_looker() as looker:
        assert await run(looker, tmp_path, 3) == [False, False, False]
        assert await run(looker, tmp_path, 3) == [True, True, True]
        assert await run(looker, tmp_path, 5) == [True, True, True, False, False]
        assert looker.count("create") == 5


async def test_what_has_changed_or_gone_is_made_again(tmp_path: Path) -> None:
    """A file that somebody changed or removed is not done; one that was only touched is."""
    async with scripted_looker() as looker:
        await run(looker, tmp_path, 4)
        same = (tmp_path / "2.pdf").read_bytes()
        (tmp_path / "0.pdf").unlink()
        (tmp_path / "1.pdf").write_bytes(same.replace(b"nothing", b"changed"))  # of the same size
        (tmp_path / "2.pdf").write_bytes(same)  # at another time
        assert await run(looker, tmp_path, 4) == [False, False, True, True]
        assert {(tmp_path / f"{number}.pdf").read_bytes() for number in range(4)} == {same}


async def test_fresh_makes_all_again(tmp_path: Path) -> None:
    """Who wants the files of today says so."""
    async with scripted_looker() as looker:
        await run(looker, tmp_path, 2)
        assert await run(looker, tmp_path, 2, fresh=True) == [False, False]


async def test_what_is_older_than_max_age_is_made_again(tmp_path: Path) -> None:
    """`export_all(max_age=…)`: a file of an hour ago is kept under two hours, and made again under half an hour."""
    async with scripted_looker() as looker:
        await run(looker, tmp_path, 2)
        database = sqlite3.connect(tmp_path / ".looker-tasks" / "journal.sqlite3")
        database.execute("UPDATE record SET ended = ended - 3600 WHERE name = '0.pdf'")
        database.commit()
        database.close()
        for max_age, resumed in ((7200.0, [True, True]), (1800.0, [False, True]), (1800.0, [True, True])):
            async with (
                client_of(looker) as client,
                client.export_all(dashboards(2), tmp_path, max_age=max_age) as outcomes,
            ):
                made = {outcome.export.name: outcome for outcome in await all_of(outcomes)}
            exported = [made[f"{number}.pdf"] for number in range(2)]
            assert [isinstance(each, Exported) and each.resumed for each in exported] == resumed


async def test_a_task_that_lives_goes_on(tmp_path: Path) -> None:
    """A run that was cut off after its creates is followed by one that creates only the rest."""
    async with emulator_with(render_slots=8) as emulator:
        async with client_of(emulator, concurrency=3) as client:
            async with client.export_all(dashboards(9), tmp_path) as outcomes:
                await anext(outcomes)  # and leave
            assert emulator.statistics.created[CREATE] <= 6
        async with (
            client_of(emulator, concurrency=3) as client,
            client.export_all(dashboards(9), tmp_path) as outcomes,
        ):
            ended = await all_of(outcomes)
        assert {type(outcome) for outcome in ended} == {Exported}
        assert emulator.statistics.created[CREATE] == 9


async def test_a_task_that_is_gone_is_created_anew(tmp_path: Path) -> None:
    """Looker keeps a task for some hours: a run of the next day makes another."""
    async with scripted_looker() as looker:
        async with client_of(looker) as client:
            looker.always["poll"] = GONE
            looker.always["results"] = GONE
            async with client.export_all([DashboardExport("1", name="0.pdf")], tmp_path) as outcomes:
                await all_of(outcomes)
        looker.always.clear()
        assert await run(looker, tmp_path, 1) == [False]


async def _remember(folder: Path, looker: ScriptedLooker, seconds: list[float]) -> None:
    """Have the journal of *folder* hold that the exports took so long."""
    journal = await open_journal(folder, looker.url)
    for export, each in zip(dashboards(len(seconds)), seconds, strict=True):
        name = export.name or ""
        artifact = Artifact(folder / name, 7, "ab" * 32, "application/pdf", "pdf")
        journal.entry(export, name).ended(Exported(export, artifact, History(task_seconds=each)))
    await journal.aclose()


async def test_the_longest_known_begin_first_and_a_fresh_run_remembers(tmp_path: Path) -> None:
    """A run begun anew does all of it again, and no straggler of the last one starts last."""
    async with scripted_looker() as looker:
        await _remember(tmp_path, looker, [1.0, 9.0, 5.0])
        async with (
            client_of(looker) as client,
            client.export_all(dashboards(3), tmp_path, concurrency=1, fresh=True) as outcomes,
        ):
            ended = [outcome.export.name for outcome in await all_of(outcomes)]
    assert ended == ["1.pdf", "2.pdf", "0.pdf"]


async def test_each_is_expected_to_take_what_it_took(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A dashboard's own last time is the best guess there is; of a new one there is none."""
    expected = set()

    class Watched(LearnedPacing):
        def next_poll(self, kind: TaskKind, seen: Observation, age: float, rand: float) -> NextPoll:
            expected.add(seen.expected)
            return super().next_poll(kind, seen, age, rand)

    monkeypatch.setattr("looker_tasks.aio.parts.LearnedPacing", Watched)
    async with scripted_looker() as looker:
        await _remember(tmp_path, looker, [1.5, 9.0, 5.0])
        assert await run(looker, tmp_path, 4, fresh=True) == [False] * 4
    assert expected == {1.5, 9.0, 5.0, 0.0}
