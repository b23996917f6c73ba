"""Rows in every result format of a query task. Pure: rows in, bytes out."""

from looker_tasks.emulator.formats.encode import RESULT_FORMATS, encode

__all__ = ["RESULT_FORMATS", "encode"]
