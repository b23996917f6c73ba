"""The records of a CSV file, counted as they come: a line break within quotes ends none. RFC 4180."""

_MOST = 1_000_000  # more are not counted: nobody set them as a limit


class Records:
    """How many records came: give it all bytes, in their sequence."""

    def __init__(self) -> None:
        self._ended = 0  # records
        self._is_quoted = False
        self._is_at_start = True  # of a record

    @property
    def rows(self) -> int | None:
        """How many there are without the header; None where there are very many."""
        if self._ended > _MOST:
            return None
        return max(0, self._ended + (not self._is_at_start) - 1)

    def update(self, chunk: bytes) -> None:
        """Count what *chunk* ends."""
        if not chunk or self._ended > _MOST:
            return
        if b'"' in chunk:
            parts = chunk.split(b'"')
            self._ended += sum(part.count(b"\n") for part in parts[self._is_quoted :: 2])
            self._is_quoted ^= len(parts) % 2 == 0
        elif not self._is_quoted:
            self._ended += chunk.count(b"\n")
        self._is_at_start = not self._is_quoted and chunk.endswith(b"\n")
