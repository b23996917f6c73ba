"""``python -m looker_tasks`` is the command `looker-tasks`."""

from looker_tasks.cli import main

main()
