"""The colours of a page, by the name of a Looker theme."""

from attrs import frozen


@frozen
class Theme:
    """The colours of one theme, as #rrggbb."""

    background: str
    head: str  # behind the title and the filter line
    card: str
    border: str
    text: str
    quiet: str  # labels, axes, notes
    grid: str
    header: str  # behind the header of a table
    stripe: str  # behind every second row of a table
    chip: str  # behind a filter
    alarm: str
    series: tuple[str, ...]


_LOOKER = Theme(
    background="#f1f3f4",
    head="#ffffff",
    card="#ffffff",
    border="#dee1e5",
    text="#262d33",
    quiet="#5f6770",
    grid="#e6e8eb",
    header="#eceff2",
    stripe="#f8f9fa",
    chip="#e8f0fe",
    alarm="#c5221f",
    series=(
        *("#1a73e8", "#12b5cb", "#e52592", "#e8710a", "#f9ab00", "#7cb342"),
        *("#9334e6", "#80868b", "#079c98", "#a8a116", "#ea4335", "#ff8168"),
    ),
)
_DARK = Theme(
    background="#1b1d21",
    head="#25282d",
    card="#25282d",
    border="#3a3e45",
    text="#f1f3f4",
    quiet="#b3b9c1",
    grid="#3a3e45",
    header="#32363d",
    stripe="#2b2f35",
    chip="#30415f",
    alarm="#f28b82",
    series=(
        *("#8ab4f8", "#78d9ec", "#ff8bcb", "#fcad70", "#fdd663", "#a8dab5"),
        *("#c58af9", "#bdc1c6", "#63c5bf", "#d4cf6a", "#f28b82", "#ffb8a6"),
    ),
)
_DARK_NAMES = frozenset({"dark", "looker dark", "looker_dark"})


def theme_named(name: str | None) -> Theme:
    """Return the theme of that name, in any case of letters; Looker's default for a name that is not known."""
    return _DARK if name is not None and name.strip().lower() in _DARK_NAMES else _LOOKER
