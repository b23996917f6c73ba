"""An Export → the name of its file: relative, safe, unique and stable. Pure text: nothing looks at the disk."""

import hashlib
import json
import re
import unicodedata
from pathlib import PurePosixPath
from typing import assert_never

from attrs import fields

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport, ElementExport, Export, Kind, LookExport, QueryExport
from looker_tasks.formats import FORMATS

#: The folder, below the output folder, that is ours: the journal lives there.
OWN_FOLDER = ".looker-tasks"

_LONGEST_PART = 255 - len("..part")  # bytes: what file systems allow, less what a part file adds
_LONGEST_NAME = 1024  # bytes: leaves the output folder room below the usual 4096
_PLAIN_ID = re.compile(r"[a-z0-9_-]{1,80}")  # no capitals: some file systems hold "a" and "A" for one name
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_STEM = 80
_DIGITS = 16  # of the digest: with 8, two of a hundred thousand exports would share a name
_LOOKS_DIGESTED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}\Z")


def kind_and_id(export: Export) -> tuple[Kind, str]:
    """Return what *export* makes a file of: its kind and Looker's id of it."""
    match export:
        case DashboardExport(dashboard_id=found):
            return "dashboard", found
        case LookExport(look_id=found):
            return "look", found
        case QueryExport(query_id=found):
            return "query", found
        case ElementExport(element_id=found):
            return "element", found
        case never:
            assert_never(never)


def export_key(export: Export, base_url: str = "") -> str:
    """Return what identifies *export*, of the Looker at *base_url*, from run to run: 32 hex digits."""
    kind, _ = kind_and_id(export)
    parts = ((part.name, getattr(export, part.name)) for part in fields(type(export)))
    wish = {name: value for name, value in parts if value is not None and (name, value) != ("fresh", False)}
    text = json.dumps([base_url, kind, wish], sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def file_name(export: Export) -> str:
    """Return the path of *export*'s file below the output folder: its own name, or one made of what it is.

    ``dashboard-42.pdf`` where kind, id and format say it all; with filters or other wishes a digest of them is added,
    so that two different exports never share a name and the same one keeps its name from run to run.
    Raises `InvalidExport` where its own name will not do.
    """
    if export.name is not None:
        check_name(export.name)
        return export.name
    kind, found = kind_and_id(export)
    stem = found
    if not _PLAIN_ID.fullmatch(found) or _LOOKS_DIGESTED.search(found) or not _is_plain(export):
        stem = f"{_UNSAFE.sub('-', found)[:_LONGEST_STEM]}-{export_key(export)[:_DIGITS]}"
    return f"{kind}-{stem}.{FORMATS[export.result_format].extension}"


def _is_plain(export: Export) -> bool:
    """Tell whether nothing but id and format was asked for."""
    plain = type(export)(*(getattr(export, part.name) for part in fields(type(export)) if not part.kw_only))
    return plain == export


def check_name(name: str) -> None:
    """Raise `InvalidExport` for a name that no file below the output folder can safely have."""
    path = PurePosixPath(name)
    if not name or name.endswith("/") or not path.name:
        raise InvalidExport(f"{name!r} names no file", field="name")
    if not name.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise InvalidExport(f"{name!r} holds a character that no file name should have", field="name")
    if path.is_absolute() or ".." in path.parts or "\\" in name:
        raise InvalidExport(f"{name!r} leads out of the output folder", field="name")
    if path.parts[0].casefold() == OWN_FOLDER:
        raise InvalidExport(f"{name!r} lies in the folder of the journal", field="name")
    if len(name.encode()) > _LONGEST_NAME or any(len(part.encode()) > _LONGEST_PART for part in path.parts):
        shortened = f"{name[:40]}…"
        raise InvalidExport(f"{shortened!r} is too long: {_LONGEST_PART} bytes a part at most", field="name")


def same_file(name: str) -> str:
    """Return what two names share that some file systems hold for one file (letters' case, Unicode composition)."""
    return unicodedata.normalize("NFC", str(PurePosixPath(name))).casefold()
