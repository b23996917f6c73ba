"""When to poll a task next: pacing, by a task's age or by what was learnt of tasks like it."""
