"""Filling in: fields of texts, what they stand for, and the filters and keys of a row that have some. Pure."""
