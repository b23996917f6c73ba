"""The pictures of the README, made of a run of the demo's exports with a few faults.

LOOKER_TASKS_PICTURES=tests/report/pictures makes them where the README has them; otherwise they are looked at and
thrown away.
"""

import os
from pathlib import Path
from typing import Literal

import pytest
from attrs import evolve
from PIL import Image
from playwright.async_api import Page, async_playwright

from looker_tasks import LookerTasks
from looker_tasks.cli.demo.plan import demo_exports
from looker_tasks.emulator import Emulator
from looker_tasks.emulator.faults.scenario import Scenario
from looker_tasks.observers.timeline import Timeline
from looker_tasks.outcomes import Exported, Failed
from looker_tasks.report import write_report
from tests.chromium import OPTIONS, chromium

EXPORTS = 48
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


async def run(folder: Path) -> list[Exported | Failed]:
    """Export into *folder*, and record it."""
    async with Emulator(render_slots=4, render_seconds=0.4, query_seconds=0.1, scenario=FAULTS) as emulator:
        timeline = Timeline(folder, host="company.looker.com", expected=EXPORTS, concurrency=8)
        with timeline:
            async with LookerTasks(
                emulator.url,
                emulator.client_id,
                emulator.client_secret,
                concurrency=8,
                observers=[timeline.observe],
            ) as looker:
                dashboards = await looker.api.search_dashboards()
                folders = sorted({each.folder_id for each in dashboards if each.folder_id is not None})
                looks = [look for each in folders for look in await looker.api.folder_looks(each)]
                regions = ("North America", "Europe", "Asia Pacific")
                exports = [
                    evolve(export, name=f"{regions[number % 3]}/{(export.name or '')[4:]}")
                    for number, export in enumerate(demo_exports(dashboards, looks, EXPORTS))
                ]
                async with looker.export_all(exports, folder) as outcomes:
                    return [outcome async for outcome in outcomes if isinstance(outcome, Exported | Failed)]


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
    """Three views of one report: its head in the light, its run, its pictures in the dark; none of them is empty."""
    outcomes = await run(tmp_path / "monthly")
    assert len(outcomes) == EXPORTS
    assert len({type(each.error) for each in outcomes if isinstance(each, Failed)}) == 3
    report = write_report(tmp_path / "monthly")
    pictures = Path(os.environ.get("LOOKER_TASKS_PICTURES", tmp_path))
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=chromium(), args=list(OPTIONS))
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
