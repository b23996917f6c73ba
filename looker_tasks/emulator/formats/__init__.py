"""The result formats of Looker: rows in, bytes out."""
