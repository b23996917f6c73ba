"""Parts → one XLSX, read back by openpyxl."""

import csv
import io
import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from looker_tasks.combining import Part, combine
from looker_tasks.errors import PartRejected
from tests.combining.artifacts import LOOKS, Artifacts

Values = list[list[Any]]


def workbook(*parts: Part) -> openpyxl.Workbook:
    """Combine in memory and read it back."""
    memory = io.BytesIO()
    combine(parts, memory, "xlsx")
    return openpyxl.load_workbook(memory)


def sheet(*parts: Part, number: int = 0) -> Worksheet:
    """Return one sheet of the parts' workbook."""
    found = workbook(*parts).worksheets[number]
    assert isinstance(found, Worksheet)
    return found


def values(found: Worksheet) -> Values:
    """Read the values of a sheet."""
    return [list(row) for row in found.iter_rows(values_only=True)]


def part(path: Path, body: str | bytes, title: str = "West") -> Part:
    """Write a file and make it a part, its format by its name."""
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return Part(path, title, path.suffix.removeprefix("."))


def as_numbers(text: str) -> str | float:
    """Read a cell of the emulator's CSV."""
    try:
        return float(text)
    except ValueError:
        return text


@pytest.mark.parametrize("result_format", ["csv", "txt"])
def test_rows_of_lines_are_rows_of_a_sheet(artifacts: Artifacts, result_format: str) -> None:
    """A sheet for each part in the parts' sequence; rows equal the file's, amounts as numbers, months as text."""
    book = workbook(*(artifacts.look(look, result_format) for look in LOOKS))
    assert book.sheetnames == [f"Look {look}" for look in LOOKS]
    for look in LOOKS:
        with artifacts.look(look, result_format).path.open(newline="") as file:
            lines = list(csv.reader(file, delimiter="\t" if result_format == "txt" else ","))
        assert values(book[f"Look {look}"]) == [lines[0], *([as_numbers(text) for text in line] for line in lines[1:])]


def test_an_xlsx_keeps_types_and_formats(artifacts: Artifacts) -> None:
    """Each cell of the emulator's own workbook comes with its value, its type and its number format."""
    for source in (artifacts.look(3, "xlsx"), artifacts.pivoted("xlsx")):
        original = openpyxl.load_workbook(source.path).worksheets[0]
        combined = sheet(source)
        assert isinstance(original, Worksheet)
        assert values(combined) == values(original)
        for row, expected in zip(combined.iter_rows(), original.iter_rows(), strict=True):
            assert [(cell.data_type, cell.number_format) for cell in row] == [
                (cell.data_type, cell.number_format) for cell in expected
            ]
        assert combined.freeze_panes == original.freeze_panes


def test_json_is_rows_under_the_names_of_fields(artifacts: Artifacts) -> None:
    """The three ways in which Looker writes rows as JSON make the same sheet."""
    records = json.loads(artifacts.look(3, "json").path.read_bytes())
    expected = [list(records[0]), *(list(record.values()) for record in records)]
    for result_format in ("json", "json_detail", "json_bi"):
        assert values(sheet(artifacts.look(3, result_format))) == expected


def test_a_pivot_in_json_is_a_column_for_each_value(artifacts: Artifacts) -> None:
    """Pivoted measures come out as the CSV has them, column for column."""
    with artifacts.pivoted("csv").path.open(newline="") as file:
        lines = [[as_numbers(text) if text else None for text in line] for line in csv.reader(file)]
    for result_format in ("json", "json_detail"):
        headings, *rows = values(sheet(artifacts.pivoted(result_format)))
        assert rows == lines[2:]
        assert [heading.rpartition(" | ")[2] for heading in headings[1:]] == lines[0][1:]


def test_every_type_of_a_workbook_is_kept(tmp_path: Path) -> None:
    """Numbers, booleans, dates, times, durations, errors, and texts like formulas, like numbers, with controls."""
    moment = datetime(2026, 2, 3, 4, 5, 6)  # noqa: DTZ001  # a workbook knows no time zones
    with xlsxwriter.Workbook(str(tmp_path / "types.xlsx")) as book:
        first = book.add_worksheet("First")
        first.write_row(0, 0, ["head"] * 12)
        first.write_string(1, 0, "=1+1")
        first.write_string(1, 1, "007")
        first.write_number(1, 2, 0.1 + 0.2)
        first.write_boolean(1, 3, True)
        first.write_datetime(1, 4, moment, book.add_format({"num_format": "d mmm yyyy hh:mm:ss"}))
        first.write_datetime(1, 5, date(2026, 2, 3), book.add_format({"num_format": "yyyy-mm-dd"}))
        first.write_datetime(1, 6, time(4, 5, 6), book.add_format({"num_format": "hh:mm:ss"}))
        first.write_datetime(1, 7, timedelta(hours=30), book.add_format({"num_format": "[h]:mm:ss"}))
        first.write_number(1, 8, 0.25, book.add_format({"num_format": "0.0%"}))
        first.write_formula(1, 9, "=1/0", None, "#DIV/0!")
        first.write_formula(1, 10, "=1+1", None, 2)
        first.write_string(1, 11, "two\r\nlines \x01")
        book.add_worksheet("Second").write_row(0, 0, ["other"])
    book = workbook(Part(tmp_path / "types.xlsx", "Types", "xlsx"), Part(tmp_path / "types.xlsx", "Types", "xlsx"))
    assert book.sheetnames == ["Types First", "Types Second", "Types First (2)", "Types Second (2)"]
    row = book["Types First"][2]
    original = openpyxl.load_workbook(tmp_path / "types.xlsx", data_only=True)["First"][2]
    assert [cell.value for cell in row] == [cell.value for cell in original]
    assert [cell.number_format for cell in row[4:9]] == [
        "d mmm yyyy hh:mm:ss",
        "yyyy-mm-dd",
        "hh:mm:ss",
        "[h]:mm:ss",
        "0.0%",
    ]
    assert [row[3].data_type, row[0].data_type] == ["b", "s"]


def test_numbers_of_a_csv_lose_nothing(tmp_path: Path) -> None:
    """Ids with zeros or many digits, and all of their column, stay text; amounts are numbers to the last digit."""
    body = (
        "id,zip,amount,price,mean,text\r\n"
        "123456789012345678,01234,-5,1.50,0.30000000000000004,=1+1\r\n"
        '12,90210,17,,1.0E-5,"a\nb, ""c"""\r\n'
    )
    found = sheet(part(tmp_path / "x.csv", "\ufeff" + body))
    assert values(found) == [
        ["id", "zip", "amount", "price", "mean", "text"],
        ["123456789012345678", "01234", -5, 1.5, 0.30000000000000004, "=1+1"],
        ["12", "90210", 17, None, 1e-5, 'a\nb, "c"'],
    ]
    assert found["D2"].number_format == "0.00"


def test_values_of_json_lose_nothing(tmp_path: Path) -> None:
    """Numbers, long ids, booleans, nulls, texts, fields that only later rows have, values with renderings, totals."""
    plain = [
        {"id": 12345678901234567890, "n": 1.25, "yes": True, "none": None, "zip": "01234"},
        {"id": 7, "n": 2, "yes": False, "late": ["a", 1]},
    ]
    assert values(sheet(part(tmp_path / "x.json", json.dumps(plain)))) == [
        ["id", "n", "yes", "none", "zip", "late"],
        ["12345678901234567890", 1.25, True, None, "01234", None],
        ["7", 2, False, None, None, '["a", 1]'],
    ]
    cell = {"value": 5, "rendered": "$5"}
    detail = {"data": [{"a": cell, "b": {"x|FIELD|y": cell}}], "totals_data": {"a": {"value": 9}}}
    assert values(sheet(part(tmp_path / "x.json_detail", json.dumps(detail)))) == [
        ["a", "b | x | y"],
        [5, 5],
        [9, None],
    ]
    assert values(sheet(part(tmp_path / "x.json_bi", '{"rows": [], "metadata": {}}'))) == []


def test_a_sheet_is_made_to_be_read(tmp_path: Path) -> None:
    """Headings are bold and frozen; columns are as wide as their texts, within bounds."""
    found = sheet(part(tmp_path / "x.csv", f"a,b,long\n1,{'x' * 30},{'y' * 500}\n"))
    assert found.freeze_panes == "A2"
    assert found["A1"].font.b
    assert not found["A2"].font.b
    widths = [found.column_dimensions[column].width for column in "ABC"]
    assert widths == pytest.approx([8, 32, 60], abs=1)


def test_titles_become_names_that_excel_takes(tmp_path: Path) -> None:
    """Two titles that are one in 31 letters, and one that is forbidden."""
    parts = [part(tmp_path / f"{number}.csv", "a\n1\n", title) for number, title in enumerate(["x" * 40] * 2 + ["a/b"])]
    assert workbook(*parts).sheetnames == ["x" * 31, "x" * 27 + " (2)", "a-b"]


def test_the_same_parts_are_the_same_bytes(artifacts: Artifacts, tmp_path: Path) -> None:
    """Two runs make one file, byte for byte, to a path as to an open file."""
    parts = [artifacts.look(2, "csv"), artifacts.look(3, "xlsx")]
    combine(parts, tmp_path / "first.xlsx", "xlsx")
    memory = io.BytesIO()
    combine(parts, memory, "xlsx")
    assert memory.getvalue() == (tmp_path / "first.xlsx").read_bytes()


def test_a_part_that_cannot_be_read_is_named(artifacts: Artifacts, tmp_path: Path) -> None:
    """Cut short, of another kind, of another encoding, missing: the error names the part."""
    whole = artifacts.look(3, "xlsx").path.read_bytes()
    broken = [
        part(tmp_path / "cut.xlsx", whole[: len(whole) // 2]),
        part(tmp_path / "flipped.xlsx", whole.replace(b"xl/worksheets/sheet1.xml", b"xl/worksheets/sheet9.xml")),
        part(tmp_path / "empty.xlsx", b""),
        part(tmp_path / "cut.json", '[{"a": 1}, {"a"'),
        part(tmp_path / "other.json", '{"a": 1}'),
        part(tmp_path / "rows.json", "[1, 2]"),
        part(tmp_path / "none.json_bi", '{"metadata": {}}'),
        part(tmp_path / "latin.csv", "a\nM\xfcller\n".encode("latin-1")),
        part(tmp_path / "quote.csv", 'a\n"never closed\n'),
        Part(tmp_path / "gone.csv", "West", "csv"),
    ]
    for each in broken:
        with pytest.raises(PartRejected) as caught:
            combine([artifacts.look(2, "csv"), each], tmp_path / "all.xlsx", "xlsx")
        assert (caught.value.part, caught.value.path) == ("West", str(each.path)), caught.value
        assert "\n" not in str(caught.value)


def test_what_no_sheet_holds_is_an_error(tmp_path: Path) -> None:
    """A text and a row too large are told with the limit, and nothing is cut."""
    with pytest.raises(PartRejected, match="cell A2 is longer than 32,767 characters"):
        sheet(part(tmp_path / "text.csv", f"a\n{'x' * 32_768}\n"))
    assert sheet(part(tmp_path / "fits.csv", f"a\n{'x' * 32_767}\n"))["A2"].value == "x" * 32_767
    with pytest.raises(PartRejected, match="more than 16,384 columns"):
        sheet(part(tmp_path / "wide.csv", "a," * 16_384 + "a\n"))


@pytest.mark.long
def test_a_table_too_long_for_a_sheet_is_an_error(tmp_path: Path) -> None:
    """One row more than a sheet has is told with the limit, and nothing is cut."""
    with pytest.raises(PartRejected, match=r"'West' .* more than 1,048,576 rows"):
        sheet(part(tmp_path / "long.csv", "a\n" * 1_048_577))


MEASURE = """
import resource, sys
from pathlib import Path
from looker_tasks.combining import Part, combine
parts = [Part(path, path.stem, path.suffix[1:]) for path in sorted(Path(sys.argv[1]).iterdir())]
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
combine(parts, sys.argv[2], "xlsx")
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


@pytest.mark.long
def test_many_and_long_parts_take_little_memory_and_few_open_files(tmp_path: Path) -> None:
    """100 sheets and one of 60 MB from JSON: less than 90 MB of memory, with 64 open files at most."""
    folder = tmp_path / "parts"
    folder.mkdir()
    for number in range(100):
        (folder / f"{number:03}.csv").write_text("a,b\n1,2\n")
    with (folder / "long.json").open("w") as file:
        file.write("[")
        file.write(",".join(f'{{"a": {number}, "b": "{number} {"x" * 10_000}"}}' for number in range(6_000)))
        file.write("]")
    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, str(folder), str(tmp_path / "all.xlsx")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(measured.stdout) < 90 * 1024  # KiB
    book = openpyxl.load_workbook(tmp_path / "all.xlsx", read_only=True)
    assert len(book.sheetnames) == 101
    book.close()
