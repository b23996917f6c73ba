"""Consumers of the events of a client. Each is a callable for `LookerTasks(observers=…)`; none knows a run."""
