"""Files as they are read here: regular ones, in bounded memory, in the encodings that programs write."""

import codecs
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from looker_tasks.errors import ConfigurationError

LONGEST_DOCUMENT = 64 * 2**20  # bytes: parsed, a document takes some twenty times as much
LONGEST_LINE = 16 * 2**20  # bytes
_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FIRST_BYTES = 256


def open_file(path: Path) -> BinaryIO:
    """Open *path* to be read. Raises `ConfigurationError` for a folder, a pipe or a device: it might never end."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "a folder" if path.is_dir() else "a pipe or a device"
            raise ConfigurationError(f"{path}: it is {what}; expected a file")
        return path.open("rb")
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ConfigurationError(f"{path}: {reason(error)}") from None


def reason(error: OSError | ValueError) -> str:
    """Return why a file could not be read, in a few words."""
    return (error.strerror or "it cannot be read") if isinstance(error, OSError) else str(error)


def read_document(path: Path) -> str:
    """Return all of *path* as text. Raises `ConfigurationError` where it is no text or too long to be kept whole."""
    with open_file(path) as file:
        raw = file.read(LONGEST_DOCUMENT + 1)
    if len(raw) > LONGEST_DOCUMENT:
        raise ConfigurationError(
            f"{path}: it is longer than {LONGEST_DOCUMENT // 2**20} MB; expected rows of that many as .jsonl or .csv"
        )
    try:
        return raw.decode(encoding_of(raw))
    except UnicodeDecodeError:
        raise ConfigurationError(f"{path}: it is not UTF-8 text") from None


def encoding_of(first_bytes: bytes) -> str:
    """Return the encoding of a file that begins so: UTF-16 by its mark or its zeros, else UTF-8."""
    for mark, encoding in _ENCODINGS:
        if first_bytes.startswith(mark):
            return encoding
    sample = first_bytes[:_FIRST_BYTES]
    evens, odds = sample[::2].count(0), sample[1::2].count(0)
    if evens + odds > len(sample) // 4:  # of a text in Latin letters every other byte is zero
        return "utf-16-le" if odds > evens else "utf-16-be"
    return "utf-8"


def lines_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """Give each line of *path* with its number. Raises `ConfigurationError` for one that is too long to be kept."""
    with open_file(path) as file:
        number = 0
        while line := file.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise ConfigurationError(f"{path}: line {number}: it is longer than {LONGEST_LINE // 2**20} MB")
            yield number, line
