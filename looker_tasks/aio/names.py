"""The file names that a run has given away, kept on disk: a million of them cost no memory."""

import sqlite3

from looker_tasks.sansio.naming import same_file


class Names:
    """A set of names in a private temporary database that vanishes with it."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE name (name TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")  # never committed: nobody else reads it

    def take(self, name: str) -> bool:
        """Take *name*; return False where it, or one that some file systems hold for it, is taken already."""
        taken = self._database.execute("INSERT OR IGNORE INTO name VALUES (?)", (same_file(name),))
        return taken.rowcount == 1

    def close(self) -> None:
        """Forget them all."""
        self._database.close()
