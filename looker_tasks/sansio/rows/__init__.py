"""How many rows a result has, and whether they end at the limit of their query. Pure."""
