"""The first login of a run: the moment at which a wrong address or wrong credentials show."""

from collections.abc import Callable
from itertools import count

import anyio

from looker_tasks.aio import clock
from looker_tasks.aio.auth import Auth
from looker_tasks.errors import ConnectionBroken, HostUnreachable, LookerTasksError, UnexpectedAnswer
from looker_tasks.policy import Policy
from looker_tasks.sansio.login import wait_after_failure


async def log_in(auth: Auth, base_url: str, policy: Policy, rand: Callable[[], float]) -> None:
    """Log in, with a few tries against bad luck and no more: nobody has been there yet.

    Raises `CredentialsRefused`, `HostUnreachable` where no Looker answers, or what else Looker said at the last try.
    """
    give_up_at = clock.now() + policy.deadlines.call
    for attempt in count(1):
        try:
            await auth.token()
        except LookerTasksError as error:
            wait = wait_after_failure(error, attempt, policy, rand())
            if wait is None or clock.now() + wait > give_up_at:
                if isinstance(error, ConnectionBroken | UnexpectedAnswer):
                    raise HostUnreachable(f"no Looker answers at {base_url}: {error}") from error
                raise
            await anyio.sleep(wait)
        else:
            return
