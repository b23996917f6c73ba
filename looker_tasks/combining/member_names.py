"""Titles → names of the members of a ZIP: unique, and safe wherever they are unpacked. Pure."""

from itertools import count
from pathlib import PurePosixPath

from looker_tasks.sansio.naming import safe_part, same_file

_NOWHERE = {"", ".", ".."}  # parts of a path that are no folder
_WITHOUT_NAME = "part"


class MemberNames:
    """The names of one ZIP's members, as they are taken one by one."""

    def __init__(self) -> None:
        self._files: set[str] = set()
        self._folders: set[str] = set()

    def take(self, title: str, extension: str) -> str:
        """Return a safe name for *title* that no earlier one has: the second of two gets " (2)".

        A title that ends in *extension* (``.csv``, ``.detail.json``), or in what comes after its last dot, keeps it,
        any other gets it. ``/`` parts folders; a leading one, ``.`` and ``..`` lead nowhere.
        """
        for ending in (extension, PurePosixPath(extension.lstrip(".")).suffix or extension):
            if title.lower().endswith(ending):
                title, extension = title[: -len(ending)], title[-len(ending) :]
                break
        parts = [safe_part(part) for part in title.split("/") if part.strip() not in _NOWHERE]
        *folders, stem = parts or [_WITHOUT_NAME]
        while not self._files.isdisjoint(_folders(PurePosixPath(*folders, stem))):  # a file has the name of a folder
            folders[0] += "_"
        for number in count(1):
            suffix = f" ({number})" if number > 1 else ""
            name = PurePosixPath(*folders, f"{stem}{suffix}{extension}")
            if same_file(str(name)) not in self._files | self._folders:
                break
        self._files.add(same_file(str(name)))
        self._folders |= _folders(name)
        return str(name)


def _folders(name: PurePosixPath) -> set[str]:
    return {same_file(str(folder)) for folder in name.parents}
