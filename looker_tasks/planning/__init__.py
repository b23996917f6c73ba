"""From a manifest and a Looker to a plan: every export, its file's name, and what becomes of the files.

In order:

sources     values from a list, a file, a look or a query
matrix      every combination of such values, lazily (pure)
templates   `{customer}` in a name, a filter, any key (pure)
known       what Looker was asked while planning: content, titles, the types of filters
rows        one row of a manifest → its exports
plan        all rows, checked
estimate    what it will cost (pure)
"""
