"""The page without a browser: whole, self-contained, bounded, and no matter what a name, a cell or a message holds."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from looker_tasks import ConfigurationError, DashboardExport, QueryExport, TaskFailed
from looker_tasks.report import write_report, write_run
from looker_tasks.report.overview import Overview, overview
from looker_tasks.report.page import wording
from looker_tasks.report.page.html import page
from looker_tasks.report.page.rows import Shown
from tests.report.recorded import csv_export, draw, exported, failed, record

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\u2028{{ 7*7 }}"


def test_a_report_is_written_beside_the_files(tmp_path: Path) -> None:
    """One file, whole, with the folder's name; nothing else changes."""
    size = draw(tmp_path / "a.png", 1)
    record(tmp_path, [exported(DashboardExport("1", "png", name="a.png"), 0, size)])
    before = set(tmp_path.rglob("*"))
    assert write_report(tmp_path) == tmp_path / "report.html"
    text = (tmp_path / "report.html").read_text()
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "report.html"}
    assert text.startswith("<!doctype html>")
    assert text.rstrip().endswith("</html>")
    assert "data:image/webp;base64," in text
    assert write_report(tmp_path, to=tmp_path / "other.html").read_text() == text


def test_nothing_is_asked_from_elsewhere(tmp_path: Path) -> None:
    """No address of any host, no import, no form; and the page's own policy forbids them."""
    record(tmp_path, [exported(DashboardExport("1", name="a.pdf"), 0, 9)])
    text = write_report(tmp_path).read_text()
    assert set(re.findall(r"https?://[^\s\"'<)]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in text
    assert not re.search(r"@import|url\(|<(?:script|link|img)[^>]*(?:src|href)=\"(?!data:)", text)


def test_what_people_and_servers_wrote_is_text(tmp_path: Path) -> None:
    """Markup in names, ids, messages, statuses and cells ends no element and begins none."""
    size = (tmp_path / "x.csv").write_text(f'"{HOSTILE}",b\n{HOSTILE},2\n')
    error = TaskFailed(task_id=HOSTILE, status=HOSTILE, detail=HOSTILE)
    steps = [
        csv_export(tmp_path, "x.csv", f'"{HOSTILE}",b\n{HOSTILE},2\n'),
        exported(DashboardExport(HOSTILE, name="b.pdf"), 0, size),
        failed(DashboardExport("1", name=f"{HOSTILE}.pdf"), 0, error),
    ]
    record(tmp_path, steps, out=HOSTILE)
    text = write_report(tmp_path).read_text()
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert text.count("<script") == text.count("</script>") == 3
    assert "{{ 7*7 }}" in text
    assert "\u2028" not in re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1]  # type: ignore[index]  # it is there


def test_filter_values_are_not_in_the_page(tmp_path: Path) -> None:
    """They are customers' names; who wants them in a report puts them into the files' names."""
    export = DashboardExport("1", name="a.pdf", filters={"Customer": "Very Secret Corp"})
    record(tmp_path, [exported(export, 0, 9)])
    assert "Very Secret" not in write_report(tmp_path).read_text()


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    """A name in the records that leads elsewhere, and a link in the folder that does: their files are not looked at."""
    out = tmp_path / "out"
    out.mkdir()
    secret = "very,secret\n1,2\n"
    (tmp_path / "secret.csv").write_text(secret)
    (out / "link.csv").symlink_to(tmp_path / "secret.csv")
    steps = [csv_export(out, "a.csv", secret.replace("secret", "public"))]
    steps += [exported(QueryExport("1", "csv", name=name), 1, len(secret)) for name in ("link.csv", "../secret.csv")]
    record(out, steps)
    text = write_report(out).read_text()
    assert 'secret"' not in text
    assert 'public"' in text


@pytest.mark.parametrize(
    ("name", "link"),
    [
        ("javascript:alert(1).pdf", "javascript%3Aalert%281%29.pdf"),
        ("a b/ü#?.pdf", "a%20b/%C3%BC%23%3F.pdf"),
    ],
)
def test_links_lead_to_the_files(name: str, link: str, tmp_path: Path) -> None:
    """Whatever the name holds, the link is a path."""
    draw(tmp_path / "a.pdf", 1)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / "a.pdf").replace(tmp_path / name)
    record(tmp_path, [exported(DashboardExport("1", name=name), 0, (tmp_path / name).stat().st_size)])
    assert link in write_report(tmp_path).read_text()


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    """Removed, or of another size: nobody takes it for the one that was exported."""
    size = draw(tmp_path / "a.png", 1)
    steps = [exported(DashboardExport("1", "png", name=f"{name}.png"), 0, size) for name in ("a", "b")]
    record(tmp_path, steps)
    assert "1 file is no longer there" in write_report(tmp_path).read_text()


def test_a_killed_run_says_so(tmp_path: Path) -> None:
    """What had begun, what had not, and when it was last seen."""
    record(tmp_path, [exported(DashboardExport("1", name=f"{n}.pdf"), n * 2.0, 9) for n in range(8)], until=9.0)
    text = " ".join(write_report(tmp_path).read_text().split())
    assert "This run did not come to its end" in text
    assert "3 exports had begun and have no end" in text
    assert "3 had not begun" in text


def test_an_empty_folder_has_a_report(tmp_path: Path) -> None:
    """It says that there is nothing."""
    assert "Nothing was exported yet" in write_report(tmp_path).read_text()
    assert page(Overview(None, ()), [], title="x")
    assert page(overview([], []), [Shown()][:0], title="x")


@pytest.mark.parametrize(("write", "name"), [(write_report, "report.html"), (write_run, "run.json")])
def test_nobodys_file_is_replaced(write: Callable[[Path], Path], name: str, tmp_path: Path) -> None:
    """Neither an export's that has the report's name, also in other letters, nor one that we have not written."""
    (tmp_path / name).write_text("mine")
    with pytest.raises(ConfigurationError, match="was not written by looker-tasks"):
        write(tmp_path)
    (tmp_path / name).unlink()
    assert write(tmp_path) == write(tmp_path)
    record(tmp_path, [exported(DashboardExport("1", name=name.upper()), 0, 9)])
    with pytest.raises(ConfigurationError, match="is the file of an export"):
        write(tmp_path)


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    """A folder in its place is an OSError, and no part is left."""
    (tmp_path / "report.html").mkdir()
    with pytest.raises(OSError, match=r"report\.html"):
        write_report(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (wording.duration(None), "\u2013"),
        (wording.duration(0.04), "0.0 s"),
        (wording.duration(59.6), "1 min 0 s"),
        (wording.duration(3725), "1 h 2 min"),
        (wording.size(999), "999 B"),
        (wording.size(1250), "1.2 kB"),
        (wording.size(41_000_000), "41 MB"),
        (wording.percent(0.001), "< 1 %"),
        (wording.percent(0), "0 %"),
        (wording.factor(0.6), "\u221240 %"),
        (wording.factor(3.14), "\u00d7 3.1"),
        (wording.thousands(10000), "10,000"),
        (wording.moment(0), "1970-01-01 00:00:00 UTC"),
    ],
)
def test_numbers_are_words(found: str, expected: str) -> None:
    """As people write them."""
    assert found == expected


def test_the_scripts_order_of_fields_is_the_rows(tmp_path: Path) -> None:
    """Each row has a value for each field."""
    record(tmp_path, [exported(DashboardExport("1", name="a.pdf"), 0, 9)])
    text = write_report(tmp_path).read_text()
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]  # it is there
    assert [len(row) for row in data["rows"]] == [len(data["fields"])]
