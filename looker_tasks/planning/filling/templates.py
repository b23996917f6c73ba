"""Texts with fields in them: `{customer}/{dashboard.title} {date:%Y-%m-%d}.{format}`. Pure.

`{{` and `}}` are braces; Looker's own `{{ _user_attributes['x'] }}` stays. A field is a name, then `!expression` or a
format after `:` where it has one.
"""

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias

from attrs import frozen

#: What a field becomes, from the state of a combination.
Getter: TypeAlias = Callable[["Combination"], str]

_PIECE = re.compile(
    r"(?P<liquid>\{\{\s*_user_attributes\[[^\]]*\]\s*\}\})|(?P<brace>\{\{|\}\})"
    r"|\{(?P<name>[^{}!:]+)(?:!(?P<conversion>[^{}:]*))?(?::(?P<spec>[^{}]*))?\}|(?P<stray>[{}])"
)
_CONVERSIONS = ("expression",)


class Combination:
    """One export of a row in the making: the values of the axes, its number, and what it is made from."""

    __slots__ = (
        "content_id",
        "content_title",
        "filters",
        "folder_title",
        "n",
        "result_format",
        "tile_id",
        "tile_title",
        "values",
    )

    def __init__(self) -> None:
        self.values: Sequence[object] = ()
        self.n = 1
        self.content_id = ""
        self.content_title = ""
        self.folder_title = ""
        self.result_format = ""
        self.tile_id = ""
        self.tile_title = ""
        self.filters: dict[str, str] = {}


@frozen
class Field:
    """One field of a template."""

    name: str
    spec: str | None = None
    is_expression: bool = False


@frozen
class Template:
    """A text in pieces: texts as they are, and fields."""

    pieces: tuple[str | Field, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields in it."""
        return tuple(piece for piece in self.pieces if isinstance(piece, Field))

    @property
    def lone_field(self) -> Field | None:
        """The field that is all of the text, where one is."""
        return self.pieces[0] if len(self.pieces) == 1 and isinstance(self.pieces[0], Field) else None

    def __str__(self) -> str:
        return "".join(piece if isinstance(piece, str) else f"{{{piece.name}}}" for piece in self.pieces)

    def compiled(self, getter_of: Callable[[Field], Getter]) -> Getter:
        """Return what makes the text, with *getter_of* to look its fields up. Raises what that raises."""
        pieces = [piece if isinstance(piece, str) else getter_of(piece) for piece in self.pieces]
        if len(pieces) == 1:
            only = pieces[0]
            return (lambda _: only) if isinstance(only, str) else only

        def render(combination: Combination) -> str:
            return "".join([piece if isinstance(piece, str) else piece(combination) for piece in pieces])

        return render


def has_braces(text: str) -> bool:
    """Tell whether *text* can be anything but itself."""
    return "{" in text or "}" in text


def parse_template(text: str) -> Template:
    """Take *text* to pieces. Raises `ValueError` for a brace that begins or ends nothing."""
    pieces: list[str | Field] = []
    end = 0
    for found in _PIECE.finditer(text):
        _add(pieces, text[end : found.start()])
        end = found.end()
        if stray := found["stray"]:
            expected = f"expected a field such as {{customer}}, or {stray * 2} for a brace"
            raise ValueError(f"a lone {stray} in {text[:60]!r}; {expected}")
        if found["name"]:
            pieces.append(_field(found))
        else:
            _add(pieces, found["liquid"] or found["brace"][0])
    _add(pieces, text[end:])
    return Template(tuple(pieces))


def _add(pieces: list[str | Field], text: str) -> None:
    if text and pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    elif text:
        pieces.append(text)


def _field(found: re.Match[str]) -> Field:
    conversion = found["conversion"]
    if conversion is not None and conversion not in _CONVERSIONS:
        raise ValueError(f"{found[0]}: !{conversion} is unknown; expected {found['name']}!expression")
    return Field(found["name"].strip(), found["spec"], is_expression=conversion is not None)
