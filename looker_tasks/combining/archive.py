"""Parts → one ZIP: the files as they are, under their titles."""

import shutil
import stat
from collections.abc import Sequence
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from looker_tasks.combining.member_names import MemberNames
from looker_tasks.combining.parts import Part
from looker_tasks.formats import FORMATS

_COMPRESSED = frozenset({"pdf", "png", "jpg", "xlsx", "parquet"})  # already: deflating them costs time alone
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a ZIP can hold; fixed, so that the same parts are the same bytes
_MODE = (stat.S_IFREG | 0o644) << 16
_UNIX = 3
_BLOCK = 2**20  # bytes


def write_archive(parts: Sequence[Part], file: BinaryIO) -> None:
    """Write *parts* to *file* as the members of a ZIP, of any size (ZIP64)."""
    names = MemberNames()
    with ZipFile(file, "w") as archive:
        for part in parts:
            _add(archive, part, names.take(part.title, f".{FORMATS[part.result_format].extension}"))


def _add(archive: ZipFile, part: Part, name: str) -> None:
    member = ZipInfo(name, _EARLIEST)
    member.compress_type = ZIP_STORED if part.result_format in _COMPRESSED else ZIP_DEFLATED
    member.external_attr = _MODE
    member.create_system = _UNIX
    try:
        source = part.path.open("rb")
    except OSError as error:
        raise part.rejection(error.strerror or str(error)) from error
    with source:
        member.file_size = part.path.stat().st_size  # by which zipfile chooses ZIP64
        with archive.open(member, "w") as target:
            shutil.copyfileobj(source, target, _BLOCK)
