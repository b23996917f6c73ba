"""Exports as tasks of Airflow 3: operators, the trigger that waits for Looker, the hook of its connection.

Airflow's own provider has a connection of the type ``looker`` as well; one connection serves both.
"""

from looker_tasks.integrations.airflow.batch_operator import LookerBatchOperator
from looker_tasks.integrations.airflow.export_operator import LookerExportOperator
from looker_tasks.integrations.airflow.hook import LookerTasksHook
from looker_tasks.integrations.airflow.trigger import LookerTaskTrigger

__all__ = ["LookerBatchOperator", "LookerExportOperator", "LookerTaskTrigger", "LookerTasksHook"]
