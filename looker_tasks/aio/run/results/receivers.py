"""Where results go: to a file, whole or not at all. Those that are handed on as they come are in `streams`."""

from collections.abc import Callable

from attrs import define, evolve, field

from looker_tasks.aio.files.destination import Target
from looker_tasks.aio.files.sink import Expected, Sink
from looker_tasks.aio.run.effects import Effects, Opening
from looker_tasks.errors import LookerTasksError
from looker_tasks.outcomes import Artifact
from looker_tasks.sansio.bounds import is_large, largest_result


@define(eq=False)
class FileReceiver:
    """Writes a result to the file *target*."""

    effects: Effects
    target: Target
    result_format: str
    _sink: Sink | None = field(default=None, init=False)

    async def receive(self, opening: Opening, task_id: str, begun: Callable[[], None]) -> Artifact:
        """Stream the result to the file, as one of the downloads of the client if it is large."""
        self._sink = None
        async with opening() as result:
            begun()
            expected = Expected(
                result_format=self.result_format,
                task_id=task_id,
                largest=largest_result(self.effects.policy.limits, is_compressed=result.is_compressed),
                encoders=self.effects.encoders,
            )
            self._sink = Sink(self.target, expected, result.content_type)
            if not is_large(result.content_length):
                return await self._sink.save(result, opening)
            async with self.effects.downloads.permit() as permit:
                return await self._sink.save(evolve(result, chunks=permit.counted(result.chunks)), opening)

    @property
    def late(self) -> Artifact | LookerTasksError | None:
        """The file, if it was just in time, or what the destination did not do in time."""
        if self._sink is None:
            return None
        return self._sink.artifact or self._sink.overdue
