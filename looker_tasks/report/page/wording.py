# ruff: noqa: RUF001, RUF002 -- the signs of typographers
"""Numbers, sizes and times as a person reads them. Pure."""

from datetime import UTC, datetime

_MINUTE = 60
_HOUR = 3600
_KILO = 1000


def duration(seconds: float | None) -> str:
    """Return a length of time: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``2 h 5 min``."""
    if seconds is None:
        return "–"
    if seconds < 10:  # noqa: PLR2004  # then a tenth counts
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE} min"


def size(number: float | None) -> str:
    """Return a number of bytes: ``312 B``, ``41 kB``, ``1.2 MB``."""
    if number is None:
        return "–"
    unit = "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if number < _KILO:
            break
        number, unit = number / _KILO, larger
    return f"{number:.0f} {unit}" if unit == "B" or number >= 10 else f"{number:.1f} {unit}"  # noqa: PLR2004  # two digits


def thousands(number: int) -> str:
    """Return a number of things: ``10,000``."""
    return f"{number:,}"


def percent(share: float) -> str:
    """Return a share of a whole: ``61 %``."""
    return f"{share * 100:.0f} %" if not 0 < share < 0.005 else "< 1 %"  # noqa: PLR2004  # what would be 0


def moment(at: float) -> str:
    """Return *at*, seconds since 1970: ``2026-03-01 02:00:05 UTC``; the page's script makes it the viewer's time."""
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S} UTC"


def exact(at: float) -> str:
    """Return *at* as programs read it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def factor(times: float) -> str:
    """Return how a size changed: ``+12 %``, ``−40 %``, ``× 3.1``."""
    if times >= 2:  # noqa: PLR2004  # beyond, percents are no help
        return f"× {times:.1f}" if times < _KILO else "× 1000 and more"
    return f"{'+' if times >= 1 else '−'}{abs(times - 1) * 100:.0f} %"
