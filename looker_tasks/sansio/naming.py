"""An Export → the name of its file: relative, safe, unique and stable. Pure text: nothing looks at the disk."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import assert_never

from attrs import fields

from looker_tasks.errors import InvalidExport
from looker_tasks.exports import DashboardExport, ElementExport, Export, Kind, LookExport, QueryExport
from looker_tasks.formats import FORMATS

#: The folder, below the output folder, that is ours: the journal lives there.
OWN_FOLDER = ".looker-tasks"

#: What the names of part files look like, as a regular expression: nobody else's file does.
PART_FILE = r"\.looker-tasks-[0-9a-f]{16}\.part"

_LONGEST_CHARACTER = 4  # bytes
_LONGEST_PART = 255  # bytes: what file systems allow
_LONGEST_NAME = 1024  # bytes: leaves the output folder room below the usual 4096
_PLAIN_ID = re.compile(r"[a-z0-9_-]{1,80}")  # no capitals: some file systems hold "a" and "A" for one name
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_STEM = 80
_DIGITS = 16  # of the digest: with 8, two of a hundred thousand exports would share a name
_PLAIN_NAME = re.compile(
    r"(?=.{1,200}\Z)[A-Za-z0-9_(][A-Za-z0-9_() ,&+=@~-]*(?:[./][A-Za-z0-9_(][A-Za-z0-9_() ,&+=@~-]*)*"
)
_PLAIN_PART = re.compile(r"(?=.{1,100}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_ &,'+=%-]*[A-Za-z0-9_])?")
_FOREIGN = re.compile(r'[<>:"|?*]')
_PERHAPS_FOREIGN = re.compile(r'[<>:"|?*]|[. ](?:/|\Z)|(?:\A|/)(?:con|prn|aux|nul|com|lpt)', re.IGNORECASE)
# What no part of a name may hold somewhere: separators, Windows' own, control characters, half characters, and those
# that turn the direction in which a name is read.
_UNSAFE_IN_PART = re.compile(r'[/\\<>:"|?*\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "0123456789¹²³")}
_LONGEST_VALUE = 110  # bytes: two of them fit into a part of a name
_LOOKS_DIGESTED = re.compile(rf"-[0-9a-f]{{{_DIGITS}}}\Z")

_DEFAULTS = {
    export: [
        (part.name, part.default.factory() if hasattr(part.default, "factory") else part.default)
        for part in fields(export)
        if part.kw_only
    ]
    for export in (DashboardExport, LookExport, QueryExport, ElementExport)
}


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
    requested = {name: value for name, value in parts if value is not None and (name, value) != ("fresh", False)}
    text = json.dumps([base_url, kind, requested], sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def file_name(export: Export) -> str:
    """Return the path of *export*'s file below the output folder: its own name, or one made of what it is.

    ``dashboard-42.pdf`` where kind, id and format say it all; with filters or other options a digest of them is added,
    so that two different exports never share a name and the same one keeps its name from run to run.
    Raises `InvalidExport` where its own name will not do.
    """
    if export.name is not None:
        check_file_name(export.name, export.result_format)
        return export.name
    kind, found = kind_and_id(export)
    stem = found
    if not _PLAIN_ID.fullmatch(found) or _LOOKS_DIGESTED.search(found) or not _is_plain(export):
        stem = f"{_UNSAFE.sub('-', found)[:_LONGEST_STEM]}-{export_key(export)[:_DIGITS]}"
    return f"{kind}-{stem}.{FORMATS[export.result_format].extension}"


def _is_plain(export: Export) -> bool:
    """Tell whether nothing but id and format was asked for."""
    return all(getattr(export, name) == default for name, default in _DEFAULTS[type(export)])


def check_name(name: str) -> None:
    """Raise `InvalidExport` for a name that no file below the output folder can safely have."""
    if _PLAIN_NAME.fullmatch(name):
        return
    parts = _parts(name)
    if not name or name.endswith("/") or not parts or parts == ("/",):
        raise InvalidExport(f"{name!r} names no file", field="name")
    if not name.isprintable() and any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise InvalidExport(f"{name!r} holds a character that no file name should have", field="name")
    if name.startswith("/") or ".." in parts:
        raise InvalidExport(f"{name!r} leads out of the output folder", field="name")
    if "\\" in name:
        raise InvalidExport(
            f"{name!r} has a backslash, which is a folder to some and a letter to others; write / for a folder",
            field="name",
        )
    if parts[0].casefold() == OWN_FOLDER or re.fullmatch(PART_FILE, parts[-1], re.IGNORECASE):
        raise InvalidExport(f"{name!r} lies in the folder of the journal", field="name")
    if len(name) <= _LONGEST_PART // _LONGEST_CHARACTER:
        return
    if len(name.encode()) > _LONGEST_NAME or any(len(part.encode()) > _LONGEST_PART for part in parts):
        shortened = f"{name[:40]}…"
        raise InvalidExport(f"{shortened!r} is too long: {_LONGEST_PART} bytes a part at most", field="name")


def _parts(name: str) -> Sequence[str]:
    """Return the folders of *name* and its last part, as the file system takes it."""
    return name.split("/") if _is_normal(name) else PurePosixPath(name).parts


def _is_normal(name: str) -> bool:
    """Return whether *name* has no part that a file system passes over; quicker than a path is made."""
    return "//" not in name and "/." not in name and not name.startswith((".", "/")) and not name.endswith("/")


def check_file_name(name: str, result_format: str) -> None:
    """Raise `InvalidExport` for a name that no file in *result_format* can have."""
    check_name(name)
    _check_extension(name, result_format)


def _check_extension(name: str, result_format: str) -> None:
    """Raise `InvalidExport` where *name* ends in the extension of another format."""
    extension = name.rpartition(".")[2].lower()
    if extension == result_format:
        return
    if extension in _EXTENSIONS and extension not in _extensions_of(result_format):
        right = FORMATS[result_format].extension
        raise InvalidExport(
            f"{name!r} ends in .{extension}, and this is {result_format}; expected .{right}", field="name"
        )


def _extensions_of(result_format: str) -> frozenset[str]:
    """Return the extensions that files in *result_format* have, the last part where there are two."""
    row = FORMATS[result_format]
    own = row.extension.rpartition(".")[2]
    is_text = row.api == "query" and not row.begins and row.made_from is None
    return frozenset({own, _ALIASES.get(own, own)} | ({"txt"} if is_text else set()))


_ALIASES = {"jpg": "jpeg", "html": "htm"}
_EXTENSIONS = frozenset({"zip"}.union(*(_extensions_of(name) for name in FORMATS)))


def foreign_trouble(name: str) -> str | None:
    """Return why Windows cannot have a file of that *name*, or None."""
    if not _PERHAPS_FOREIGN.search(name):
        return None
    for part in PurePosixPath(name).parts:
        if wrong := _FOREIGN.search(part):
            return f"{name!r} holds {wrong[0]!r}, which no file on Windows can"
        if part.endswith((".", " ")):
            return f"{part!r} in {name!r} ends in {part[-1]!r}, which no file on Windows can"
        if part.partition(".")[0].rstrip().upper() in _DEVICES:
            return f"{part!r} in {name!r} is a device on Windows"
    return None


def safe_part(text: str) -> str:
    """Return *text*, some value, as it can stand in a file's name on every system: no folder, no device, not too long.

    Two texts may become one (see `distinct_parts`).
    """
    if _PLAIN_PART.fullmatch(text) and text.upper() not in _DEVICES:
        return text
    part = _UNSAFE_IN_PART.sub("-", unicodedata.normalize("NFC", text)).strip().rstrip(". ")
    if not part:
        return "_"
    if part.startswith("."):
        part = f"_{part[1:]}"
    stem, dot, rest = part.partition(".")
    if stem.rstrip().upper() in _DEVICES:
        part = f"{stem}_{dot}{rest}"
    return part if len(part.encode()) <= _LONGEST_VALUE else _digested(part, text)


def distinct_parts(texts: Iterable[str]) -> dict[str, str]:
    """Return the safe parts of those of *texts* that would share theirs with another: each with a digest of its text.

    Names that some file systems hold for one are one here. A text that is not in the answer has `safe_part` alone.
    """
    first: dict[str, str] = {}
    shared: dict[str, set[str]] = {}
    for text in texts:
        found = same_file(safe_part(text))
        if (earlier := first.setdefault(found, text)) != text:
            shared.setdefault(found, {earlier}).add(text)
    return {text: _digested(safe_part(text), text) for group in shared.values() for text in group}


def _digested(part: str, text: str) -> str:
    digest = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    cut = part.encode("utf-8", "replace")[: _LONGEST_VALUE - len(digest) - 1].decode("utf-8", "ignore").rstrip(". ")
    return f"{cut}~{digest}"


def same_file(name: str) -> str:
    """Return what two names share that some file systems hold for one file (letters' case, Unicode composition)."""
    if not _is_normal(name):
        name = str(PurePosixPath(name))
    return name.lower() if name.isascii() else unicodedata.normalize("NFC", name).casefold()
