"""The benchmark of the report: the real command, with and without, on real files."""

import io
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]  # ships no types
import pytest
from PIL import Image

from benchmarks.report import Farm, Measured, run, scores
from benchmarks.serve_drawn import marked


@pytest.mark.long
@pytest.mark.timeout(300)  # each file is drawn once
def test_the_command_is_measured_with_and_without(tmp_path: Path) -> None:
    """Each round has both, in turns; only one of them has a report, which shows the files."""
    farm = Farm(exports=6, concurrency=6, render_slots=6, render_seconds=0.05, dashboards=1)
    measured = list(run(farm, 1, tmp_path))
    assert [name for name, _ in measured] == ["with", "without"]
    plain, whole = scores(farm, measured)
    assert (plain.report_mb, plain.over_without) == (0.0, 1.0)
    assert whole.report_mb > 0.08  # its own 80 kB, and pictures
    for each in (plain, whole):
        assert 0 < each.after_last_file < each.seconds
        assert each.cpu_seconds > 0.2
    files = [path.read_bytes() for path in (tmp_path / "with-0").rglob("*.p[dn][fg]")]
    assert len(set(files)) == len(files) == 6


def test_the_shortest_round_counts() -> None:
    """What is compared are the best times of each, and how far the others were off is kept."""
    rounds = [("with", Measured(11.0, 0.5, 3.0, 9)), ("without", Measured(10.0, 0.2, 2.0, 0))]
    plain, whole = scores(Farm(), [*rounds, ("without", Measured(12.0, 0.3, 2.5, 0)), ("with", rounds[0][1])])
    assert (plain.seconds, plain.slowest, plain.rounds) == (10.0, 12.0, 2)
    assert whole.over_without == pytest.approx(1.1)


def test_a_mark_changes_nothing_that_is_seen() -> None:
    """A PDF and a PNG with marks are whole, and each is another file."""
    picture = io.BytesIO()
    Image.new("RGB", (4, 3), "red").save(picture, "PNG")
    with Image.open(io.BytesIO(marked(picture.getvalue(), "png", "1"))) as image:
        image.load()
        assert (image.size, image.info) == ((4, 3), {"Comment": "1"})
    document = pypdfium2.PdfDocument.new()
    document.new_page(20, 10)
    plain = io.BytesIO()
    document.save(plain)
    file = marked(plain.getvalue(), "pdf", "1")
    assert file.endswith(b"%%EOF\n")
    assert file != marked(plain.getvalue(), "pdf", "2")
    assert pypdfium2.PdfDocument(file)[0].get_size() == (20, 10)
