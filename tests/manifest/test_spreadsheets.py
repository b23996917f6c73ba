"""CSV manifests as spreadsheets save them."""

from pathlib import Path

import pytest

from looker_tasks import DashboardExport, Export, LookExport
from tests.manifest.reading import complaint_of, exports_of

EXPORTS: list[Export] = [
    DashboardExport("42", "pdf", name="west.pdf", filters={"Region": "West, East", "Product; Line": "a"}),
    LookExport("7", "csv"),
]
PLAIN = (
    'dashboard,look,format,name,filters.Region,"filters.Product; Line"\n42,,pdf,west.pdf,"West, East",a\n,7,csv,,,\n'
)


def separated_by(delimiter: str) -> str:
    """Return the same manifest with another separator, all cells quoted that must be."""
    header = ["dashboard", "look", "format", "name", "filters.Region", '"filters.Product; Line"']
    rows = [header, ["42", "", "pdf", "west.pdf", '"West, East"', "a"], ["", "7", "csv", "", "", ""]]
    return "".join(f"{delimiter.join(row)}\n" for row in rows)


WAYS: dict[str, str | bytes] = {
    "plain": PLAIN,
    "semicolons": separated_by(";"),
    "tabs": separated_by("\t"),
    "semicolons, all quoted": separated_by(";").replace("dashboard;look", '"dashboard";"look"'),
    "sep=": "sep=;\r\n" + separated_by(";"),
    "quoted sep=": '"sep=\t"\n' + separated_by("\t"),
    "mark and sep=": "\ufeffsep=,\n" + PLAIN,
    "UTF-16 of Windows": ("\ufeff" + separated_by("\t")).encode("utf-16-le"),
    "UTF-16 of others": ("\ufeff" + PLAIN).encode("utf-16-be"),
    "UTF-16 without a mark": PLAIN.encode("utf-16-le"),
    "empty columns": PLAIN.replace("\n", ",,\n"),
    "empty columns of the rows alone": "\n".join(
        line + (",," if number else "") for number, line in enumerate(PLAIN.splitlines())
    ),
    "#TYPE": "#TYPE System.Management.Automation.PSCustomObject\r\n" + PLAIN,
    "#TYPE quoted": '"#TYPE Selected.Row"\n' + PLAIN,
    "blanks": PLAIN.replace("42,,pdf,west.pdf", " 42\u00a0,, pdf ,\u200bwest.pdf ").replace("\n,7,csv", "\n, 7 , csv"),
    "blanks in the header": PLAIN.replace("dashboard,look", " dashboard\u00a0, look "),
    "capitals": PLAIN.replace("dashboard,look,format", "Dashboard,LOOK,Format").replace("pdf,west", "PDF,west"),
    "filters in capitals": PLAIN.replace("filters.Region", "Filters.Region"),
    "ids as decimals": PLAIN.replace("42,", "42.0,").replace(",7,", ",7.00,"),
    "ids in powers of ten": PLAIN.replace("42,", "4.2E+01,").replace(",7,", ",7.00E+00,"),
    "only CR": PLAIN.replace("\n", "\r"),
    "blank lines": PLAIN.replace("\n", "\n\n , ,\n"),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_saving_is_read(way: str, tmp_path: Path) -> None:
    """The same two rows, however a spreadsheet writes them."""
    assert exports_of(tmp_path, "csv", WAYS[way]) == EXPORTS


def test_a_long_cell_is_a_cell(tmp_path: Path) -> None:
    """A list of customers as a filter has 200 kB."""
    value = ",".join(f"customer {number}" for number in range(15_000))
    assert len(value) > 200_000
    content = f'dashboard,format,filters.Customer\n1,pdf,"{value}"\n'
    assert exports_of(tmp_path, "csv", content) == [DashboardExport("1", filters={"Customer": value})]


@pytest.mark.parametrize(
    ("cell", "complaint"),
    [
        ("1.23457E+14", "dashboard: '1.23457E+14' is a number that a spreadsheet has shortened"),
        ("4.25E+01", "dashboard: '4.25E+01' is a number that a spreadsheet has shortened"),
        ("1.20E+05", "dashboard: '1.20E+05' is a number that a spreadsheet has shortened"),
        ("=A1", None),
        ("42.5", None),
    ],
)
def test_an_id_that_has_lost_digits_is_told(cell: str, complaint: str | None, tmp_path: Path) -> None:
    """Digits that a spreadsheet has left out cannot be guessed; what is no number is left to Looker."""
    content = f"dashboard,format\n{cell},pdf\n"
    if complaint is None:
        assert exports_of(tmp_path, "csv", content) == [DashboardExport(cell)]
    else:
        assert complaint in complaint_of(tmp_path, "csv", content)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (
            "dashboard,format,Region\n1,pdf,West\n",
            "'Region': unknown key; expected one such as dashboard, format, name",
        ),
        ("dashboard,format,Region\n1,pdf,West\n", "a filter stands under filters, in CSV as filters.Region"),
        ("dashboard,Format,format\n1,pdf,pdf\n", "line 1: the column 'format' is there twice"),
        ("dashboard,format\n1,pdf,x\n", "row 1 (line 2): it has 3 cells, and the header has 2"),
        ("dashboard\n1,pdf\n", "row 1 (line 2): it has 2 cells, and the header has 1"),
        ("#TYPE x\nsep=;\n", "line 2: expected the names of the columns"),
        ("dashboard;format\n1;csv\n", "row 1 (line 2): format: 'csv' is not one of pdf, png, jpg; for rows"),
        (b"dashboard,format,filters.R\n1,pdf,M\xfcnchen\n", "it is not UTF-8 text; expected it saved as CSV UTF-8"),
        ("dashboard,format\n1,pdf\n" + '2,"' + "x" * 2**21 + '"\n', "no CSV: field larger than field limit"),
    ],
)
def test_a_wrong_spreadsheet_is_told(content: str | bytes, complaint: str, tmp_path: Path) -> None:
    """What cannot be read is told by line and column, and a filter's title is pointed to its column."""
    assert complaint in complaint_of(tmp_path, "csv", content)


def test_a_line_number_is_the_files_own(tmp_path: Path) -> None:
    """Lines above the header count, and cells of two lines, too."""
    content = 'sep=,\ndashboard,format,name\n1,pdf,a.pdf\n2,pdf,"b\nc.pdf"\n3,doc,d\n'
    complaint = complaint_of(tmp_path, "csv", content)
    assert "row 2 (line 4): name: " in complaint
    assert "row 3 (line 6): format: 'doc'" in complaint
