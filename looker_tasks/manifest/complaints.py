"""What is wrong with a manifest: the first few complaints in full, the others as a number."""

from pathlib import Path

from attrs import define, field

from looker_tasks.errors import ConfigurationError

#: So many wrong rows are named one by one.
MOST_COMPLAINTS = 5


@define
class Complaints:
    """The complaints about the manifest at *path*, gathered and raised together."""

    path: Path
    _first: list[str] = field(factory=list, init=False)
    _count: int = field(default=0, init=False)

    def add(self, complaint: object) -> None:
        """Add one."""
        self._count += 1
        if len(self._first) < MOST_COMPLAINTS:
            self._first.append(f"{self.path}: {complaint}")

    def add_uncounted(self, number: int) -> None:
        """Add the *number* of those of which no more is known; one below 0 adds none."""
        self._count += max(number, 0)

    def raise_any(self) -> None:
        """Raise them all as one `ConfigurationError`, a line each, where there are any."""
        rest = self._count - len(self._first)
        if self._count:
            raise ConfigurationError("\n".join([*self._first, *([f"... and {rest} more"] if rest else [])]))
