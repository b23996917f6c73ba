"""The report as people use it: in Chromium, by clicks and keys, in the dark, on a phone, with 10,000 rows.

Its tests are left out where there is no Chromium, unless CI is set: there they fail then.
"""

import base64
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, TypeAlias

import pytest
from attrs import define, field
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from looker_tasks import DashboardExport, TaskFailed
from looker_tasks.report import write_report
from looker_tasks.report.folder import Place, read_runs
from looker_tasks.report.overview import overview
from looker_tasks.report.page.html import page as page_text
from looker_tasks.report.page.rows import Shown
from looker_tasks.report.previews.values import Preview
from tests.chromium import OPTIONS, chromium
from tests.report.recorded import FIVE_KINDS, csv_export, draw, exported, failed, record, six_hundred, with_failures

pytestmark = pytest.mark.browser

AT_ONCE = 100.0  # milliseconds
WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # of the rest, one element a rule: the list of all takes seconds to send
}
#: Does what its body says, lays the page out, and returns how many milliseconds it took: the best of twelve.
TIMED = """(act) => {
  const times = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const begin = performance.now();
    new Function("turn", act)(turn);
    document.body.getBoundingClientRect();
    times.push(performance.now() - begin);
  }
  return Math.min(...times);
}"""


@define
class Seen:
    """A page, and what it did that it should not."""

    page: Page
    troubles: list[str] = field(factory=list)

    def names(self) -> list[str]:
        """Return the names of the files that are listed, from the top."""
        return [
            str(name)
            for name in self.page.locator("#list [data-index] .cell-name button").evaluate_all(
                "all => all.map((each) => each.title)"
            )
        ]

    def shown(self) -> str:
        """Return what is said of how many are shown."""
        return self.page.locator("#shown").inner_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start Chromium, once for this module: the loop of the driver is in no other test's way."""
    path = chromium()
    assert path is not None, "no Chromium is here: install Debian's chromium"
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield running
        running.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of 600 exports, 20 of which failed for five reasons."""
    folder = tmp_path_factory.mktemp("six hundred")
    six_hundred(folder)
    return write_report(folder)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the report of 10,000 exports, each with a picture as large as the report of so many allows."""
    folder = tmp_path_factory.mktemp("ten thousand")
    steps = []
    for number in range(10_000):
        export = DashboardExport(str(number % 300), name=f"region {number % 40:02}/customer {number:05} revenue.pdf")
        begin = number // 16 * 6.5
        steps.append(
            failed(export, begin, FIVE_KINDS[number % 5]) if number % 50 == 0 else exported(export, begin, number)
        )
    record(folder, steps)
    noise = io.BytesIO()
    Image.effect_noise((96, 64), 60).resize((160, 107)).save(noise, "WEBP", quality=30)
    picture = base64.b64encode(noise.getvalue().ljust(1100, b"\0")[:1100]).decode()
    shown = Shown("x.pdf", preview=Preview(picture, 160, 107))
    found = overview(read_runs(Place.of(folder)), [])
    (folder / "report.html").write_text(page_text(found, [shown] * len(found.items), title="ten thousand"))
    return folder / "report.html"


Scheme: TypeAlias = Literal["light", "dark"]
Look: TypeAlias = Callable[..., Seen]


@pytest.fixture
def look(browser: Browser) -> Iterator[Look]:
    """Return what opens a report and watches it; nothing may have gone wrong at the end."""
    opened: list[Seen] = []

    def open_report(
        path: Path, *, scheme: Scheme = "light", width: int = 1280, height: int = 900, script: bool = True
    ) -> Seen:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, java_script_enabled=script
        )
        seen = Seen(context.new_page())
        opened.append(seen)
        address = path.as_uri()
        seen.page.on("console", lambda message: seen.troubles.append(f"console: {message.text}"))
        seen.page.on("pageerror", lambda error: seen.troubles.append(f"error: {error}"))
        seen.page.on("dialog", lambda dialog: seen.troubles.append(f"dialog: {dialog.message}"))
        seen.page.on(
            "request",
            lambda request: (
                None
                if request.url == address or request.url.startswith("data:")
                else seen.troubles.append(f"request: {request.url}")
            ),
        )
        seen.page.goto(address)
        return seen

    yield open_report
    for seen in opened:
        seen.page.context.close()
    assert [trouble for seen in opened for trouble in seen.troubles] == []


def test_it_shows_every_picture_and_every_reason(report: Path, look: Look) -> None:
    """580 thumbnails, each decoded; 20 failures, each with its message, and five pieces of advice."""
    seen = look(report)
    assert seen.page.locator("h1").inner_text() == "580 of 600 exported, 20 failed"
    widths = seen.page.locator(".thumb img").evaluate_all(
        "(all) => Promise.all(all.map((each) => each.decode().then(() => each.naturalWidth)))"
    )
    assert len(widths) == 580
    assert min(widths) > 100
    reasons = seen.page.locator("#failures .reason")
    assert reasons.count() == 5
    assert all(advice.strip() for advice in seen.page.locator("#failures .advice").all_inner_texts())
    messages = seen.page.locator("#failures li p").all_inner_texts()
    assert len(messages) == 20
    assert all(message.strip() for message in messages)
    assert seen.page.locator("#failures li").first.is_visible()


@pytest.mark.long
def test_what_was_slow_is_told_with_why(report: Path, look: Look) -> None:
    """The first sentence names what took most of the time; the table has the slowest first, each with its phases."""
    seen = look(report)
    text = seen.page.locator("#time").inner_text()
    assert re.search(r"The largest part of the time, \d+ % of it, was spent being drawn\. Drawing is slow", text)
    assert seen.page.locator("#time tbody tr .split rect").count() > 20


@pytest.mark.long
def test_the_chart_is_drawn_and_leads_to_the_exports(report: Path, look: Look) -> None:
    """Its canvas has the colours of the phases, its text says what it shows, a click on a bar opens the details."""
    seen = look(report)
    canvas = seen.page.locator("#chart canvas")
    colours = canvas.evaluate("""(canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      const found = new Set();
      for (let at = 0; at < data.length; at += 4) found.add([...data.slice(at, at + 3)].join());
      return [...found];
    }""")
    assert {"58,108,207", "214,127,36", "240,201,143"} <= set(colours)  # rendering, querying, queued
    assert "600 in" in seen.page.locator("#chart-text").inner_text()
    canvas.scroll_into_view_if_needed()
    canvas.click(position={"x": 60, "y": 5})
    assert seen.page.locator("#details").is_visible()
    seen.page.keyboard.press("Escape")
    seen.page.locator("#zoom-in").click()
    seen.page.locator("#chart").focus()
    for key in ("ArrowRight", "+", "-", "0"):
        seen.page.keyboard.press(key)


@pytest.mark.long
def test_a_click_on_a_head_sorts(report: Path, look: Look) -> None:
    """By size, the largest first; again, the smallest; by name as people count."""
    seen = look(report)
    sizes = {path.relative_to(report.parent).as_posix(): path.stat().st_size for path in report.parent.rglob("*.*")}
    seen.page.get_by_role("columnheader", name="Size").get_by_role("button").click()
    down = [sizes[name] for name in seen.names() if name in sizes]
    assert (len(down), down) == (580, sorted(down, reverse=True))
    assert seen.page.locator("[data-column=size]").get_attribute("aria-sort") == "descending"
    seen.page.get_by_role("columnheader", name="Size").get_by_role("button").press("Enter")
    assert [sizes[name] for name in seen.names() if name in sizes] == sorted(down)
    assert seen.names()[-20:] == [name for name in seen.names() if name not in sizes]  # who has no size comes last
    seen.page.get_by_role("columnheader", name="Name").get_by_role("button").click()
    assert seen.names() == sorted(seen.names(), key=str.lower)


def test_filters_narrow_the_list(report: Path, look: Look) -> None:
    """By state, kind, format, folder and words, together; and all at once back."""
    seen = look(report)
    seen.page.locator("#states button", has_text="failed").click()
    assert (len(seen.names()), seen.shown()) == (20, "20 of 600 files")
    seen.page.select_option("#folder", "North/")
    assert 0 < len(seen.names()) < 20
    assert all(name.startswith("North/") for name in seen.names())
    seen.page.locator("#states button", has_text="failed").click()
    seen.page.select_option("#kind", "look")
    seen.page.select_option("#format", "png")
    assert seen.names()
    assert all(re.fullmatch(r"North/look \d+\.png", name) for name in seen.names())
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("no such thing")
    assert seen.page.locator(".nothing").is_visible()
    seen.page.get_by_role("button", name="Show all").click()
    assert (len(seen.names()), seen.shown()) == (600, "600 files")


@pytest.mark.long
def test_a_slow_content_leads_to_its_files(look: Look, tmp_path: Path) -> None:
    """By its title, to all that was exported of it and to nothing else, though its id is a part of another's."""
    steps = [exported(DashboardExport(str(each % 12), name=f"{each}.pdf"), 0, 9) for each in range(24)]
    record(tmp_path, steps, titles={("dashboard", "1"): "Executive Summary"})
    seen = look(write_report(tmp_path))
    seen.page.get_by_role("button", name="Executive Summary").click()
    assert sorted(seen.names()) == ["1.pdf", "13.pdf"]
    assert seen.page.locator("#content").input_value() == "Executive Summary · dashboard 1"
    seen.page.locator("#search").fill("executive")
    assert len(seen.names()) == 2
    seen.page.locator("#list [data-index]").first.click()
    assert "Executive Summary (dashboard 1)" in seen.page.locator("#details").inner_text()


@pytest.mark.long
def test_keys_lead_through_the_list_and_the_details(report: Path, look: Look) -> None:
    """From the search to the rows, into the details, from one to the next, and back to the row."""
    seen = look(report)
    seen.page.keyboard.press("/")
    seen.page.keyboard.type("report 1 pdf")
    seen.page.keyboard.press("ArrowDown")
    seen.page.keyboard.press("ArrowDown")
    second = seen.names()[1]
    seen.page.keyboard.press("Enter")
    assert seen.page.locator("#details-title").inner_text() == second
    seen.page.keyboard.press("ArrowDown")
    assert seen.page.locator("#details-title").inner_text() == seen.names()[2]
    seen.page.keyboard.press("Escape")
    assert not seen.page.locator("#details").is_visible()
    assert seen.page.evaluate("document.activeElement.title") == seen.names()[2]


@pytest.mark.long
def test_the_details_tell_all(report: Path, look: Look) -> None:
    """Of a failure its reason and what to do; of a file its picture, digest, times, and a link that leads to it."""
    seen = look(report)
    seen.page.locator("#failures .open").first.click()
    details = seen.page.locator("#details")
    for part in ("Script timed out", "fewer tiles", "rendering", "querying"):
        assert part in details.inner_text()
    seen.page.keyboard.press("Escape")
    seen.page.locator("#states button", has_text="exported").click()
    seen.page.locator("#list [data-index]").first.click()
    text = details.inner_text()
    assert "ab" * 32 in text
    assert "Where its time went" in text
    assert details.locator("img.picture").evaluate("(image) => image.decode().then(() => image.naturalWidth)") > 100
    link = details.get_by_role("link", name="Open the file").evaluate("(link) => link.href")
    assert link == (report.parent / seen.names()[0]).as_uri()


@pytest.mark.long
def test_pictures_are_a_view_of_their_own(report: Path, look: Look) -> None:
    """A wall of them, with the same filters and the same details."""
    seen = look(report)
    seen.page.locator("#view-pictures").click()
    assert seen.page.locator("#list .tile").count() == 600
    seen.page.locator("#states button", has_text="failed").click()
    assert seen.page.locator("#list .tile").count() == 20
    seen.page.locator("#list .tile").first.click()
    assert seen.page.locator("#details").is_visible()


@pytest.mark.long
@pytest.mark.parametrize(("name", "files"), [("report", 600), ("large", 10_000)])
def test_sorting_and_filtering_take_no_time(name: str, files: int, look: Look, request: pytest.FixtureRequest) -> None:
    """Of 600 and of 10,000 exports, each within a tenth of a second, the layout included."""
    seen = look(request.getfixturevalue(name))
    assert seen.page.evaluate("FILES.length") == files
    acts = {
        "sort by size": "document.querySelector('[data-column=size] button').click()",
        "sort by name": "document.querySelector('[data-column=name] button').click()",
        "filter": "document.querySelector('#states button').click()",
        "search": "view.words = turn % 2 ? '' : '7'; refresh()",
    }
    took = {name: seen.page.evaluate(TIMED, act) for name, act in acts.items()}
    assert max(took.values()) < AT_ONCE, took


@pytest.mark.long
def test_ten_thousand_exports_are_one_page(large: Path, look: Look) -> None:
    """Under 25 MB, open within 3 s, drawn as far as they are seen; scrolled to the end, the last one is there."""
    assert large.stat().st_size < 25_000_000
    seen = look(large)
    session = seen.page.context.new_cdp_session(seen.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})  # its own time, and not that of a busy machine
    seen.page.reload()
    seen.page.locator("#list [data-index]").first.wait_for(state="attached")
    metrics = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    assert 0.05 < metrics["TaskDuration"] < 3.0
    seen.page.locator("#states button", has_text="exported").click()
    assert seen.page.locator("#list [data-index]").count() < 100
    seen.page.keyboard.press("End")
    seen.page.get_by_role("columnheader", name="Name").get_by_role("button").evaluate("(button) => button.click()")
    last = "region 39/customer 09999 revenue.pdf"
    seen.page.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    seen.page.locator(f"#list button[title='{last}']").wait_for()
    assert seen.page.locator("#list [data-index]").count() < 100
    seen.page.locator(f"#list button[title='{last}']").focus()
    seen.page.evaluate("scrollTo({ top: 0, behavior: 'instant' })")  # and the row is not drawn any more
    seen.page.locator(f"#list button[title='{last}']").wait_for(state="detached")
    for _ in range(30):
        seen.page.keyboard.press("ArrowUp")
    assert seen.page.evaluate("document.activeElement.title").startswith("region 39/customer 0")


@pytest.mark.long
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 390)])
def test_it_is_accessible(look: Look, tmp_path: Path, scheme: Scheme, width: int) -> None:
    """Axe finds nothing against WCAG 2.2 AA: with the details of a failure open, in the list and among the pictures."""
    data = csv_export(tmp_path, "rows.csv", "a,b\n1,2\n")
    record(tmp_path, [data, *with_failures(tmp_path, 12)])
    seen = look(write_report(tmp_path), scheme=scheme, width=width)
    for act in ("#failures .open >> nth=0", "#details [aria-label=Close]", "#view-pictures"):
        seen.page.locator(act).click()
        found = Axe().run(seen.page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        assert len(found.response["passes"]) > 15  # it has looked


@pytest.mark.long
def test_the_dark_is_dark(report: Path, look: Look) -> None:
    """By the system's setting, the page and the chart."""

    def light(seen: Seen) -> tuple[float, float]:
        page = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
        bar = seen.page.evaluate(
            "[...document.querySelector('#chart canvas').getContext('2d').getImageData(60, 5, 1, 1).data]"
        )
        return sum(map(int, re.findall(r"\d+", page)[:3])) / 765, sum(bar[:3]) / 765

    day, night = light(look(report)), light(look(report, scheme="dark"))
    assert day[0] > 0.9
    assert night[0] < 0.15
    assert day[1] != night[1]


@pytest.mark.long
def test_a_phone_shows_all_of_it(report: Path, look: Look) -> None:
    """Nothing is wider than the window, and the list can be sorted and opened."""
    seen = look(report, width=360, height=740)
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
    seen.page.select_option("#sort", "size")
    seen.page.locator("#list [data-index]").first.click()
    box = seen.page.locator("#details").bounding_box()
    assert box is not None
    assert (box["x"], box["width"]) == (0, 360)


@pytest.mark.long
def test_it_prints(report: Path, look: Look) -> None:
    """Without what can only be pressed, and with every failure."""
    seen = look(report)
    seen.page.emulate_media(media="print")
    assert not seen.page.locator("#tools").is_visible()
    assert not seen.page.locator("nav").is_visible()
    assert all(item.is_visible() for item in seen.page.locator("#failures li").all())
    assert seen.page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.long
def test_without_scripts_the_failures_are_there(report: Path, look: Look) -> None:
    """The head, the reasons and what was slow are in the page itself."""
    seen = look(report, script=False)
    assert seen.page.locator("#failures li").count() == 20
    assert "run.json has the same facts" in seen.page.locator("noscript").inner_text()


def test_hostile_names_do_nothing(look: Look, tmp_path: Path) -> None:
    """Markup in names, ids and messages is shown as it is written."""
    hostile = '</script><img src=x onerror=alert(1)>" onclick="alert(2)\''
    name = f"{hostile}.png".replace("/", "_")
    size = draw(tmp_path / name, 1)
    steps = [
        exported(DashboardExport(hostile, "png", name=name), 0, size),
        failed(DashboardExport("1", name="b.pdf"), 0, TaskFailed(task_id="t", status="failure", detail=hostile)),
    ]
    record(tmp_path, steps)
    seen = look(write_report(tmp_path))
    assert name in seen.names()
    seen.page.locator("#list [data-index]").first.click()
    seen.page.keyboard.press("ArrowDown")
    assert hostile in seen.page.locator("#failures").inner_text()


@pytest.mark.long
def test_a_killed_run_is_shown_as_far_as_it_came(look: Look, tmp_path: Path) -> None:
    """Nobody closed its timeline, and its last line is torn."""
    steps = [exported(DashboardExport("1", name=f"{number}.pdf"), number * 2.0, 9) for number in range(20)]
    record(tmp_path, steps, until=20.0)
    seen = look(write_report(tmp_path))
    assert "This run did not come to its end" in seen.page.locator(".notice").first.inner_text()
    assert seen.page.locator("#states button").all_inner_texts() == ["unfinished 4", "exported 7"]


@pytest.mark.long
def test_changes_since_the_run_before_are_told(look: Look, tmp_path: Path) -> None:
    """The files whose size changed most come first."""
    exports = [DashboardExport("1", "png", name=f"{number}.png") for number in range(12)]
    for turn, digest in enumerate(("cd", "ab")):
        sizes = [draw(tmp_path / (export.name or ""), number + turn) for number, export in enumerate(exports)]
        steps = [exported(export, 0, size, digest=digest) for export, size in zip(exports, sizes, strict=True)]
        record(tmp_path, [exported(exports[0], 0, 9 * sizes[0], digest=digest), *steps[1:]] if not turn else steps)
    seen = look(write_report(tmp_path))
    assert "1 has less than half" in seen.page.locator("#changes .lead").inner_text()
    assert seen.page.locator("#changes tbody tr").first.inner_text().startswith("0.png")
