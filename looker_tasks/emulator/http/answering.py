"""From a call to its answer: authenticated, carried out or refused, with whatever the scenario has in store for it."""

import logging
from http import HTTPStatus

from aiohttp import web
from attrs import evolve, frozen

from looker_tasks.emulator.faults.effects import WHOLE, Delivery, altered, delivery_of, instead, retry_after
from looker_tasks.emulator.faults.fault import Fault
from looker_tasks.emulator.http.call import Call
from looker_tasks.emulator.http.errors import LookerError, broken, not_found, too_many_requests, unauthenticated
from looker_tasks.emulator.reply import Reply

_log = logging.getLogger(__name__)


@frozen
class Answered:
    """The answer of one call, and how it is sent."""

    reply: Reply
    delivery: Delivery = WHOLE


async def answer(call: Call) -> Answered:
    """Answer *call* as Looker does, or as a fault has it."""
    fault = call.pick("call")
    if fault is not None:
        return Answered(_instead(fault, call), delivery_of(fault, 0))
    reply = await _carried_out(call)
    if reply.status != HTTPStatus.OK or not reply.body.size:
        return Answered(reply)
    fault = call.pick("answer")
    if fault is None:
        return Answered(reply)
    reply = altered(reply, fault)
    return Answered(reply, delivery_of(fault, reply.body.size))


async def _carried_out(call: Call) -> Reply:
    try:
        _authenticate(call)
        return await call.route.answer(call)
    except LookerError as error:
        return call.refuse(error.for_method(call.route.method))
    except web.HTTPException:  # a body that is too large
        raise
    except Exception:  # noqa: BLE001  # whatever it is, the client has an answer and the log the rest
        _log.exception("%s broke", call.route.operation)
        return call.refuse(broken())


def _authenticate(call: Call) -> None:
    """Raise the 401 of a call without a live token, where its route wants one."""
    if not (call.user_id or call.route.open):
        raise unauthenticated()


def _instead(fault: Fault, call: Call) -> Reply:
    clock = call.looker.clock
    now = clock.date(clock.now())
    match fault.kind:
        case "throttled":
            refused = call.refuse(too_many_requests())
            return evolve(refused, headers={**refused.headers, **retry_after(fault, now)})
        case "not_found":
            return call.refuse(not_found())
        case "unauthenticated":
            call.looker.tokens.revoke(call.token)
            return call.refuse(unauthenticated())
        case _:
            return instead(fault, now)
