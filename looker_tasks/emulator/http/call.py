"""One call of one operation, as its route sees it, and how it is answered."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from aiohttp import web
from attrs import frozen

from looker_tasks.emulator.farm.injection import ORDINARY, Injection
from looker_tasks.emulator.faults.effects import injection_of
from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.faults.kinds import Stage
from looker_tasks.emulator.http.errors import LookerError, error_body
from looker_tasks.emulator.http.fields import only, wanted_fields
from looker_tasks.emulator.http.parameters import Parameters, json_object
from looker_tasks.emulator.http.versions import VERSIONS, Version, in_version
from looker_tasks.emulator.looker import Looker
from looker_tasks.emulator.reply import Reply, json_reply

Method = Literal["GET", "POST", "PATCH", "DELETE"]
_QUICKLY_READ = 64 * 1024  # bytes of JSON that hold nobody up
Answering = Callable[["Call"], Awaitable[Reply]]


@frozen
class Route:
    """One operation: its name in Looker's API, where it is, in which versions, and who answers it."""

    operation: str
    method: Method
    path: str  # below /api/{version}, with {names}
    answer: Answering
    versions: tuple[Version, ...] = VERSIONS
    open: bool = False  # whether it is answered without a token
    ours: bool = False  # whether it is the emulator's own, which no fault strikes


@frozen
class Call:
    """One call: the request, and what the route knows about it."""

    looker: Looker
    request: web.Request
    route: Route
    version: Version
    user_id: str
    token: str

    @property
    def path(self) -> Mapping[str, str]:
        """The decoded parts of the path by name."""
        return self.request.match_info

    @property
    def target_id(self) -> str:
        """The decoded id of what the call is about: the first name in the path; empty where the path has none."""
        return next(iter(self.path.values()), "")

    def pick(self, stage: Stage, *targets: str) -> Fault | None:
        """Return which fault of *stage* strikes this call; *targets* are the ids that it is about beside its path's."""
        if self.route.ours:
            return None
        return self.looker.pick(stage, self.route.operation, (*targets, *self.path.values()))

    def injection(self, *targets: str) -> Injection:
        """Return what is in store for the task that this call creates for *targets*."""
        fault = self.pick("task", *targets)
        return ORDINARY if fault is None else injection_of(fault, self.looker.statistics.faults[fault.kind])

    def count_created(self) -> None:
        """Count a task that this call created."""
        self.looker.statistics.created[self.route.operation] += 1
        self.looker.statistics.created_by[self.user_id] += 1

    def query(self) -> Parameters:
        """Read the query string."""
        return Parameters(self.request.query)

    async def body(self, *, required: bool = False) -> dict[str, object]:
        """Read the body as a JSON object."""
        body = await self.request.read()
        if len(body) <= _QUICKLY_READ:
            return json_object(body, required=required)
        return await asyncio.to_thread(json_object, body, required=required)

    def respond(self, kind: str, body: dict[str, object] | list[dict[str, object]]) -> Reply:
        """Answer with *body* (of API 4.0) as this version writes it, cut to the `fields` that were asked for."""
        if isinstance(body, list):
            written: object = [in_version(kind, each, self.version) for each in body]
        else:
            written = in_version(kind, body, self.version)
        return json_reply(only(written, wanted_fields(self.request.query.get("fields"))))

    def refuse(self, error: LookerError) -> Reply:
        """Answer with *error*."""
        body = error_body(error, version=self.version, method=self.route.method, template=self.route.path)
        return json_reply(body, status=error.status)
