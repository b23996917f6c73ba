"""What the tests export, and how they see that it is there."""

from pathlib import Path

from looker_tasks import DashboardExport, Export, LookExport


def some(number: int) -> list[Export]:
    """Return so many exports: mostly renders, some rows."""
    return [
        LookExport("1", "csv", name=f"rows/{n}.csv") if n % 10 == 9 else DashboardExport("1", "pdf", name=f"{n}.pdf")
        for n in range(number)
    ]


def files(out: Path) -> set[str]:
    """Return the names of all files below *out* but the journal's."""
    found = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    return {name for name in found if ".looker-tasks/" not in name}


def assert_whole(out: Path, number: int) -> None:
    """See that every file is there, and nothing else, and each from its beginning to its end."""
    assert files(out) == {export.name for export in some(number)}
    for path in out.rglob("*.pdf"):
        body = path.read_bytes()
        assert body.startswith(b"%PDF-")
        assert body.rstrip().endswith(b"%%EOF")
