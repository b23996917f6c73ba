"""Titles → names of the members of a ZIP: unique, and safe wherever they are unpacked. Pure."""

import re
import unicodedata
from itertools import count
from pathlib import PurePosixPath

_FORBIDDEN = re.compile(r'[<>:"\\|?*]')  # by Windows, where a ZIP may be unpacked
_INVISIBLE = {"Cc", "Cs"}
_DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_LONGEST = 200  # bytes of a part of a path: file systems take 255, a number and an extension follow
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
        *folders, stem = [_safe(part) for part in title.split("/") if part.strip() not in {"", ".", ".."}] or [""]
        stem = stem or _WITHOUT_NAME
        while not self._files.isdisjoint(_folders(PurePosixPath(*folders, stem))):  # a file has the name of a folder
            folders[0] += "_"
        for number in count(1):
            suffix = f" ({number})" if number > 1 else ""
            name = PurePosixPath(*folders, f"{stem}{suffix}{extension}")
            if _compared(name) not in self._files | self._folders:
                break
        self._files.add(_compared(name))
        self._folders |= _folders(name)
        return str(name)


def _folders(name: PurePosixPath) -> set[str]:
    return {_compared(folder) for folder in name.parents}


def _safe(part: str) -> str:
    visible = "".join("_" if unicodedata.category(each) in _INVISIBLE else each for each in part)
    kept = _FORBIDDEN.sub("_", visible).encode()[:_LONGEST].decode(errors="ignore").strip().rstrip(". ")
    return f"_{kept}" if _DEVICES.fullmatch(kept) else kept


def _compared(name: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(name)).casefold()
