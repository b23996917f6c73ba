"""`list` on a Looker that has more than one page."""

import pytest

from looker_tasks import LookerTasks
from looker_tasks.cli.content import list_content
from looker_tasks.cli.options import Content
from looker_tasks.emulator import Emulator


@pytest.mark.parametrize("content", ["dashboards", "looks"])
async def test_every_page_is_read(monkeypatch: pytest.MonkeyPatch, content: Content) -> None:
    """Pages of seven hold what one page holds, each once; the last is asked for, as a server may cap its pages."""
    async with (
        Emulator(renderer="fake") as emulator,
        LookerTasks(emulator.url, emulator.client_id, emulator.client_secret) as looker,
    ):
        whole = await list_content._FETCHES[content](looker.api)
        before = looker.calls
        monkeypatch.setattr(list_content, "_PAGE", 7)
        assert await list_content._FETCHES[content](looker.api) == whole
        calls = looker.calls - before
        found = await (looker.api.search_dashboards() if content == "dashboards" else looker.api.search_looks())
    others = {"dashboards": 2, "looks": 1}[content]  # LookML dashboards, and folders
    assert calls == -(-len(found) // 7) + 1 + others
