"""Where a Chromium is on this machine, and how it is started to look at a page of ours and at nothing else."""

import shutil

#: No sandbox: in CI we are root. No calls of its own: a request that a test sees is the page's.
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def chromium() -> str | None:
    """Return the path of a Chromium; None where there is none."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
