"""Where the rows of a result are in its bytes, and their cells, column by column."""
