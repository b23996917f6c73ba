"""Requests for the tests of answers, and answers in JSON."""

import json

from looker_tasks.sansio import export_requests
from looker_tasks.sansio.protocol.operations import OPERATIONS
from looker_tasks.sansio.protocol.requests import Request, request
from looker_tasks.sansio.protocol.responses import Response

JSON = {"Content-Type": "application/json"}
POLL = export_requests.poll("render", "ab12", "4.0")


def answer(said: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return *said* in JSON."""
    return Response(status, JSON if headers is None else headers, json.dumps(said).encode())


def asking(name: str) -> Request:
    """Return a call of the operation *name*, about anything."""
    operation = OPERATIONS[name]
    parameters = {"dashboard_id", "result_format", "look_id", "query_id", "render_task_id", "query_task_id", "user_id"}
    path = {parameter: "1" for parameter in parameters if f"{{{parameter}}}" in operation.path}
    return request(name, operation.versions[0], path=path)
