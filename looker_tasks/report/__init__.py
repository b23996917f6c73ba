"""The records of a run → what a person looks at (report.html) and what a program reads (run.json).

It reads what lies in the folder, and knows nothing of the engine: yesterday's folder is reported as today's.
"""

from looker_tasks.report.previews.background import BackgroundPreviews
from looker_tasks.report.writing import run_schema, write_both, write_report, write_run

__all__ = ["BackgroundPreviews", "run_schema", "write_both", "write_report", "write_run"]
