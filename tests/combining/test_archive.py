"""Parts → one ZIP, read back by zipfile."""

import io
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from looker_tasks.combining import Part, combine
from looker_tasks.combining.member_names import MemberNames
from looker_tasks.errors import PartRejected
from tests.combining.artifacts import Artifacts


def zipped(*parts: Part) -> zipfile.ZipFile:
    """Combine in memory."""
    memory = io.BytesIO()
    combine(parts, memory, "zip")
    return zipfile.ZipFile(memory)


def test_members_are_the_files_under_their_titles(artifacts: Artifacts) -> None:
    """Every format goes in, whole, under its title; what is compressed already is stored, the rest deflated."""
    parts = [
        artifacts.dashboard(1, "West/Overview"),
        artifacts.look(2, "csv", "West/rows.csv"),
        artifacts.look(2, "xlsx", "West/rows"),
        artifacts.look(2, "html", "page"),
        artifacts.look(2, "json_detail", "detail"),
        artifacts.look(2, "png", "West/Overview"),
    ]
    with zipped(*parts) as archive:
        assert archive.namelist() == [
            "West/Overview.pdf",
            "West/rows.csv",
            "West/rows.xlsx",
            "page.html",
            "detail.detail.json",
            "West/Overview.png",
        ]
        assert archive.testzip() is None
        assert [archive.read(name) for name in archive.namelist()] == [part.path.read_bytes() for part in parts]
        stored = {info.filename for info in archive.infolist() if info.compress_type == zipfile.ZIP_STORED}
        assert stored == {"West/Overview.pdf", "West/rows.xlsx", "West/Overview.png"}


def test_the_same_parts_are_the_same_bytes(artifacts: Artifacts, tmp_path: Path) -> None:
    """Neither the clock nor the files' own times are in it."""
    copied = tmp_path / "copied.csv"
    copied.write_bytes(artifacts.look(2, "csv").path.read_bytes())
    first, second = io.BytesIO(), io.BytesIO()
    combine([artifacts.look(2, "csv", "rows")], first, "zip")
    combine([Part(copied, "rows", "csv")], second, "zip")
    assert first.getvalue() == second.getvalue()


def test_a_large_member_is_zip64(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A member beyond the old limit is written as ZIP64 says (the limit lowered here) and read again."""
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 1000)
    part = artifacts.dashboard(1)
    with zipped(part) as archive:
        assert archive.infolist()[0].extract_version >= zipfile.ZIP64_VERSION
        assert archive.read("Dashboard 1.pdf") == part.path.read_bytes()


def test_a_missing_file_is_named(artifacts: Artifacts, tmp_path: Path) -> None:
    """A part that is not there is told by title and path."""
    with pytest.raises(PartRejected, match=r"part 'West' \(.*gone\.csv\): No such file"):
        zipped(artifacts.dashboard(1), Part(tmp_path / "gone.csv", "West", "csv"))


def taken(*titles: str, extension: str = ".csv") -> list[str]:
    """Take the names of one ZIP."""
    names = MemberNames()
    return [names.take(title, extension) for title in titles]


@pytest.mark.parametrize(
    ("titles", "expected"),
    [
        (["a", "a", "A", "a.csv"], ["a.csv", "a (2).csv", "A (3).csv", "a (4).csv"]),
        (["/etc/passwd", "../../x", "./y//z"], ["etc/passwd.csv", "x.csv", "y/z.csv"]),
        (
            ["C:\\Windows\\x", "a|b?", "con", "con/nul.csv"],
            ["C-Windows-x.csv", "a-b-.csv", "con_.csv", "con_/nul_.csv"],
        ),
        (["", "..", "/", "."], ["part.csv", "part (2).csv", "part (3).csv", "part (4).csv"]),
        (["x. /y .", "a\nb\ud800"], ["x/y.csv", "a-b-.csv"]),
        (["a.csv/b", "a"], ["a.csv/b.csv", "a (2).csv"]),
        (["a", "a.csv/b"], ["a.csv", "a.csv_/b.csv"]),
        (["X.CSV"], ["X.CSV"]),
    ],
)
def test_names_are_safe_and_unique(titles: list[str], expected: list[str]) -> None:
    """No name leads out, none is one of Windows' devices, none is another's, and no file is another's folder."""
    assert taken(*titles) == expected


@given(
    st.lists(st.text(alphabet=st.sampled_from("aA./\\ .:ü\n\x00"), max_size=12) | st.text(max_size=400), max_size=12)
)
def test_any_titles_make_safe_names(titles: list[str]) -> None:
    """Whatever the titles are, every name stays below the folder where it is unpacked, and no two are one."""
    names = [PurePosixPath(name) for name in taken(*titles)]
    for name in names:
        assert not name.is_absolute()
        assert not {"..", "."} & set(name.parts)
        assert "\\" not in str(name)
        assert all(0 < len(part.encode()) <= 255 for part in name.parts)
    assert len({str(name).casefold() for name in names}) == len(titles)
    assert not {parent for name in names for parent in name.parents} & set(names)
