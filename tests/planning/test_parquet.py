"""Values from a Parquet file."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from tests.planning.planning import complaint_of, names_of

ROW = "exports: [{dashboard: 1, format: pdf, for_each: {c: SOURCE}, name: 'NAME.pdf'}]"


async def test_a_column_and_whole_rows_of_parquet(tmp_path: Path) -> None:
    """Texts, whole numbers in any type, and gaps (NaN is one), of one column or of all."""
    table = pa.table(
        {
            "name": ["Acme, Inc.", None, "B"],
            "id": pa.array([1.0, 2.0, 3.0]),
            "gap": pa.array([float("nan"), 7.0, None]),
            "big": [10**17, 2, 3],
        }
    )
    pq.write_table(table, tmp_path / "c.parquet")
    manifest = ROW.replace("SOURCE", "{parquet: c.parquet, column: name}").replace("NAME", "{c}")
    assert await names_of(tmp_path, manifest) == ["Acme, Inc.pdf", "B.pdf"]
    manifest = ROW.replace("SOURCE", "{parquet: c.parquet}").replace("NAME", "{c.id} {c.big} {c.name}")
    assert await names_of(tmp_path, manifest) == ["1 100000000000000000 Acme, Inc.pdf", "2 2 _.pdf", "3 3 B.pdf"]
    manifest = ROW.replace("SOURCE", "{parquet: c.parquet, column: gap}").replace("NAME", "{c}")
    assert await names_of(tmp_path, manifest) == ["7.pdf"]
    manifest = ROW.replace("SOURCE", "{parquet: c.parquet, column: nme}")
    assert "c.parquet: no 'nme' there; there are name, id, gap, big" in await complaint_of(tmp_path, manifest)


async def test_what_is_no_parquet_is_told(tmp_path: Path) -> None:
    """A text, a folder, a missing file and a column of lists are one line each."""
    (tmp_path / "text.parquet").write_text("name\nb\n")
    pq.write_table(pa.table({"c": [[1]]}), tmp_path / "lists.parquet")
    for name, told in {
        "text": "text.parquet: no Parquet: ",
        "none": "none.parquet: No such file",
        "lists": "lists.parquet: row 1: a list is no value",
    }.items():
        assert told in await complaint_of(tmp_path, ROW.replace("SOURCE", f"{{parquet: {name}.parquet, column: c}}"))
