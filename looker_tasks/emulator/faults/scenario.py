"""A scenario: all faults of a run, written in Python or in YAML."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from attrs import frozen
from cattrs import Converter, transform_error
from cattrs.errors import ForbiddenExtraKeysError

from looker_tasks.emulator.faults.fault import Fault


class ScenarioError(ValueError):
    """A scenario file cannot be read as one; the message names the file, the place and what is wrong."""


@frozen
class Scenario:
    """What goes wrong in a run: of the faults that match a call, the first that strikes does."""

    faults: tuple[Fault, ...] = ()
    seed: int | None = None  # of the faults that have a probability; None: the emulator's own

    @classmethod
    def from_yaml(cls, path: Path | str) -> Self:
        """Read a scenario from a file with `faults:`, a list, and if wanted `seed:`; raises ScenarioError."""
        import yaml  # noqa: PLC0415  # an emulator without a scenario file needs no YAML

        try:
            written = yaml.load(Path(path).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        except (OSError, UnicodeError, yaml.YAMLError) as wrong:
            raise ScenarioError(f"{path}: {wrong}") from wrong
        return cls.from_json({} if written is None else written, source=str(path))

    @classmethod
    def from_json(cls, written: object, *, source: str = "scenario") -> Self:
        """Read a scenario from plain values; raises ScenarioError, which tells *source* and the place in it."""
        if not isinstance(written, Mapping) or not isinstance(written.get("faults", []), list):
            raise ScenarioError(f"{source}: expected a mapping with a list under `faults`")
        try:
            return _CONVERTER.structure(written, cls)
        except Exception as wrong:  # cattrs raises groups of whatever the values raised
            raise ScenarioError("; ".join(transform_error(wrong, source, format_exception=_told))) from wrong


def _told(wrong: BaseException, _: object) -> str:
    """Return what is wrong with one value; cattrs adds where."""
    if isinstance(wrong, ForbiddenExtraKeysError):
        return f"unknown key {', '.join(sorted(wrong.extra_fields))}"
    return str(wrong.args[0]) if wrong.args else repr(wrong)


def _ordinals(value: int | list[int], _: object) -> tuple[int, ...]:
    return tuple(int(each) for each in (value if isinstance(value, list) else [value]))


_CONVERTER = Converter(forbid_extra_keys=True)
_CONVERTER.register_structure_hook_func(lambda kind: kind == tuple[int, ...], _ordinals)
