"""From a manifest and a Looker to a plan: every export, its file's name, and what becomes of the files.

values/     from lists, files, looks and queries; every combination of them, lazily
filling/    `{customer}` in a name, a filter, any key: what stands for it (pure)
drafts      a row, taken apart
known       what was asked of files and of Looker while planning, each once
shapes      what the exports of a row have in common
rows        one row → its exports
making      all rows → all exports, again each time
checking    all rows and all names, before anything is created
plan        the door: `make_plan` → `Plan`
summary, estimate, combined     what it makes, what it will cost, which files become one
"""
