"""Batches on Ray: one driver that decides, many workers that create, poll and download.

The driver has what a run has once: the stream of exports, the journal, the limit of each Looker, the observers. It
hands an export to the least loaded worker whenever a slot is free: no more tasks are in flight than one client would
have, however many workers there are. Results go from the workers straight to their destination: a bucket, or a folder
that all nodes share. A worker that dies has its exports handed out again, with their tasks; a driver that dies goes on
by its journal, with any number of workers.
"""

from looker_tasks.extras import require

require("ray")

from looker_tasks.integrations.ray.exporting import Batch, export_all, export_lookers  # noqa: E402  # ray is there
from looker_tasks.integrations.ray.workers import WorkerLost, Workers  # noqa: E402  # the same

__all__ = ["Batch", "WorkerLost", "Workers", "export_all", "export_lookers"]
