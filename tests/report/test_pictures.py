"""The pictures of the README, made of a run of the demo's exports with a few faults.

LOOKER_TASKS_PICTURES=tests/report/pictures makes them where the README has them; otherwise they are looked at and
thrown away.
"""

import asyncio
import io
import os
from pathlib import Path
from typing import Literal

import pytest
from attrs import evolve
from PIL import Image
from playwright.async_api import Page, async_playwright
from rich.console import Console
from rich.text import Text

from looker_tasks import LookerTasks
from looker_tasks.cli.demo.plan import demo_exports, demo_titles
from looker_tasks.cli.progress import lines
from looker_tasks.cli.progress.tally import Tally
from looker_tasks.emulator import Emulator
from looker_tasks.emulator.faults.scenario import Scenario
from looker_tasks.observers.timeline import Timeline
from looker_tasks.outcomes import Exported, Failed
from looker_tasks.report import write_report
from tests.chromium import OPTIONS, chromium

EXPORTS = 48
WIDTH = 100  # columns of the terminal
FAULTS = Scenario.from_json({
    "faults": [
        {"kind": "failure", "operation": "create_dashboard_render_task", "target": "7", "detail": "Script timed out."},
        {"kind": "not_found", "operation": "create_dashboard_render_task", "target": "12"},
        {"kind": "scripted", "operation": "create_query_render_task", "nth": [2], "status": 422,
         "body": '{"message":"Validation Failed","errors":[{"field":"width","message":"must be less than 4096"}]}',
         "headers": {"Content-Type": "application/json"}},
    ]
})  # fmt: skip


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
#: The picture's name → where the page is looked at, after which clicks.
VIEWS: dict[str, dict[str, tuple[str, ...]]] = {
    "light": {"report-light.png": ("body",), "report-run.png": ("#run",)},
    "dark": {"report-dark.png": ("#files", "#states [data-state=exported]", "#view-pictures")},
}


async def run(folder: Path) -> tuple[list[Exported | Failed], list[Text]]:
    """Export into *folder*, and record it; return the outcomes, and the progress when two thirds were there."""
    outcomes: list[Exported | Failed] = []
    progress: list[Text] = []
    tally = Tally(EXPORTS)
    now = asyncio.get_running_loop().time
    begun = now()
    async with Emulator(render_slots=4, render_seconds=0.4, query_seconds=0.1, scenario=FAULTS) as emulator:
        titles: dict[tuple[str, str], str] = {}
        timeline = Timeline(folder, host="company.looker.com", expected=EXPORTS, concurrency=8, titles=titles)
        with timeline:
            async with LookerTasks(
                emulator.url,
                emulator.client_id,
                emulator.client_secret,
                concurrency=8,
                observers=[timeline.observe, tally.observe],
            ) as looker:
                dashboards = await looker.api.search_dashboards()
                folders = sorted({each.folder_id for each in dashboards if each.folder_id is not None})
                looks = [look for each in folders for look in await looker.api.folder_looks(each)]
                titles.update(demo_titles(dashboards, looks))
                regions = ("North America", "Europe", "Asia Pacific")
                exports = [
                    evolve(export, name=f"{regions[number % 3]}/{(export.name or '')[4:]}")
                    for number, export in enumerate(demo_exports(dashboards, looks, EXPORTS))
                ]
                async with looker.export_all(exports, folder) as batch:
                    async for outcome in batch:
                        assert isinstance(outcome, Exported | Failed)
                        outcomes.append(outcome)
                        tally.take(outcome, now() - begun)
                        if len(outcomes) == EXPORTS * 2 // 3:
                            progress = list(lines.frame(tally, now() - begun, WIDTH, now=0.0))
    return outcomes, progress


async def draw(progress: list[Text], page: Page, path: Path) -> None:
    """Draw the lines as a terminal of *WIDTH* columns shows them."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    console.print(*progress, sep="\n")
    await page.set_content(console.export_svg(title="looker-tasks export monthly.yaml --out monthly"))
    await page.locator("svg").first.screenshot(path=path)
    with Image.open(path) as image:
        image.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


async def shoot(page: Page, path: Path, place: str, *clicks: str) -> None:
    """Take a picture of the page at *place*, after *clicks*."""
    await page.evaluate("document.documentElement.style.scrollBehavior = 'auto'")
    for click in clicks:
        await page.click(click)
    await page.evaluate(f"document.querySelector('{place}').scrollIntoView()")
    await page.mouse.move(0, 0)
    await page.screenshot(path=path)
    with Image.open(path) as image:
        image.quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.timeout(400)  # each dashboard is drawn
async def test_the_pictures_of_the_readme(tmp_path: Path) -> None:
    """The progress, and three views of the report: its head in the light, its run, its pictures in the dark.

    None of them is empty.
    """
    outcomes, progress = await run(tmp_path / "monthly")
    assert len(outcomes) == EXPORTS
    assert len({type(each.error) for each in outcomes if isinstance(each, Failed)}) == 3
    report = write_report(tmp_path / "monthly")
    pictures = Path(os.environ.get("LOOKER_TASKS_PICTURES", tmp_path))
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
        await draw(progress, await browser.new_page(), pictures / "progress.png")
        with Image.open(pictures / "progress.png") as image:
            assert image.width > 8 * WIDTH
            assert len(image.getcolors(256) or ()) > 20
        for scheme in SCHEMES:
            context = await browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
            page = await context.new_page()
            await page.goto(report.as_uri())
            for name, (place, *clicks) in VIEWS[scheme].items():
                await shoot(page, pictures / name, place, *clicks)
                with Image.open(pictures / name) as image:
                    assert image.size == (1280, 800)
                    assert len(image.getcolors(256) or ()) > 20
        await browser.close()
