"""One export that meets trouble on its way, and gets there."""

import pytest
from attrs import evolve

from looker_tasks.errors import (
    NotReady,
    RequestRefused,
    ServerBroken,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.exports import Export
from looker_tasks.outcomes import Exported
from looker_tasks.policy import Policy, Retry
from looker_tasks.sansio.machine.directives import Event
from tests.sansio.machine.looker_told import (
    BAD_GATEWAY,
    KILLED,
    LOST,
    NOT_FOUND,
    NOT_READY,
    SAVED,
    SPOILED,
    THROTTLED,
    UNAUTHORIZED,
    UNSENT,
    failed,
    look,
    told,
)
from tests.sansio.machine.transcripts import (
    ABSENCES,
    CALLS,
    FEW,
    LOOK,
    POLICY,
    QUERY,
    RENDER,
    START,
    Script,
    begun,
    failure_of,
    outcome_of,
)


@pytest.mark.parametrize(
    ("export", "script"),
    [
        (RENDER, [("create", told("failure", detail="boom")), ("create", told("success", "t2")), ("fetch", SAVED)]),
        (QUERY, [("create", told("killed")), ("create", told("complete", "t2")), ("fetch", SAVED)]),
        (QUERY, [("create", told("missing")), ("create", told("complete", "t2")), ("fetch", SAVED)]),
        (
            RENDER,
            [
                ("create", told("success")),
                *[("fetch", NOT_FOUND)] * ABSENCES,
                ("create", told("success", "t2")),
                ("fetch", SAVED),
            ],
        ),
        (
            QUERY,
            [
                ("create", told("error")),
                ("fetch", failed(RequestRefused, 400, message="the queue was too long")),
                ("create", told("complete", "t2")),
                ("fetch", SAVED),
            ],
        ),
        (
            RENDER,
            [
                ("create", told("querying")),
                *[("poll", NOT_FOUND)] * ABSENCES,
                ("create", told("success", "t2")),
                ("fetch", SAVED),
            ],
        ),
        (
            RENDER,
            [
                ("create", told("success")),
                *[("fetch", SPOILED)] * FEW,
                ("create", told("success", "t2")),
                ("fetch", SAVED),
            ],
        ),
    ],
    ids=["failure", "killed", "missing", "404-result", "query error", "404-poll", "spoiled"],
)
def test_a_task_that_ended_badly_is_created_again(export: Export, script: Script) -> None:
    """One more task may do better: it has an id of its own, and is counted."""
    outcome = outcome_of(export, script)
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t2", 2)
    assert outcome.history.retries >= 1


def test_a_glimpse_of_expired_ends_nothing() -> None:
    """Looker says `expired` of running queries, now and then."""
    outcome = outcome_of(
        QUERY,
        [("create", told("added")), *[("poll", told("expired"))] * 3, ("poll", told("complete")), ("fetch", SAVED)],
    )
    assert isinstance(outcome, Exported)
    assert outcome.history.creates == 1


def test_a_task_that_stays_expired_is_created_again() -> None:
    """After a minute of it, the result is gone."""
    obedient = begun(QUERY)
    obedient.until("create", [("create", told("expired")), ("poll", told("expired"))])
    assert 60.0 <= obedient.now - START <= 76.0
    outcome = obedient.through([("create", told("complete", "t2")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert (outcome.history.creates, obedient.roles.count("create")) == (2, 2)


def test_a_warning_is_not_a_failure() -> None:
    """Looker says `error` for a mere warning: the result tells."""
    script: Script = [("create", told("added")), ("poll", told("error")), ("fetch", SAVED)]
    assert isinstance(outcome_of(QUERY, script), Exported)


@pytest.mark.parametrize("not_yet", [NOT_READY, failed(NotReady, 204)])
def test_a_result_that_is_not_there_yet_is_waited_for(not_yet: Event) -> None:
    """202 and 204 send the export back to watching, and cost no attempt."""
    script: Script = [
        ("create", told("success")),
        *[("fetch", not_yet), ("poll", told("success"))] * 20,
        ("fetch", SAVED),
    ]
    outcome = outcome_of(RENDER, script)
    assert isinstance(outcome, Exported)
    assert (outcome.history.creates, outcome.history.retries) == (1, 0)


@pytest.mark.parametrize("failure", [BAD_GATEWAY, LOST, UNSENT, UNAUTHORIZED, THROTTLED, failed(ServerBroken, 500)])
@pytest.mark.parametrize("step", ["resolve", "create", "poll", "fetch"])
def test_one_failed_call_is_sent_again_at_every_step(step: str, failure: Event) -> None:
    """What passes costs one retry, whatever the call was for."""
    good: Script = [
        ("resolve", look("5")),
        ("create", told("added")),
        ("poll", told("complete")),
        ("fetch", SAVED),
    ]
    script: Script = []
    for row in good:
        script += [(step, failure), row] if row[0] == step else [row]
    outcome = outcome_of(LOOK, script)
    assert isinstance(outcome, Exported)
    assert (outcome.history.retries, outcome.history.calls) == (1, 5)


def test_throttles_cost_no_attempt() -> None:
    """However often the server says "not now", the call is made in the end, at growing intervals."""
    obedient = begun(RENDER)
    outcome = obedient.through([*[("create", THROTTLED)] * 30, ("create", told("success")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert outcome.history.retries == 30
    assert obedient.waits[:5] == pytest.approx([0.5, 1.0, 2.0, 4.0, 4.0])


def test_a_good_answer_forgives_the_failures_before_it() -> None:
    """Attempts are counted for one call: many failures of many polls end nothing."""
    polls: Script = [*[("poll", BAD_GATEWAY)] * (CALLS - 1), ("poll", told("querying"))]
    script: Script = [("create", told("querying")), *polls * 5, ("poll", told("success")), ("fetch", SAVED)]
    assert isinstance(outcome_of(RENDER, script), Exported)


def test_not_yet_forgives_the_failures_before_it() -> None:
    """A 202 is a good answer: the attempts of the next call begin anew."""
    fetches: Script = [
        *[("fetch", BAD_GATEWAY)] * (CALLS - 1),
        ("fetch", NOT_READY),
        *[("poll", BAD_GATEWAY)] * (CALLS - 1),
        ("poll", told("success")),
    ]
    outcome = outcome_of(RENDER, [("create", told("success")), *fetches * 5, ("fetch", SAVED)])
    assert isinstance(outcome, Exported)
    assert outcome.history.retries == 10 * (CALLS - 1)


def test_kinds_of_trouble_that_come_in_turns_do_not_add_up() -> None:
    """What another try seldom mends is given few tries of its own; in bad weather it comes between other trouble."""
    policy = Policy(retry=Retry(call_attempts=20))
    turns: Script = [
        ("create", failed(ServerBroken, 500)),
        ("create", LOST),
        ("create", failed(UnexpectedResponse, 200)),
    ]
    outcome = outcome_of(RENDER, [*turns * (FEW - 1), ("create", told("success")), ("fetch", SAVED)], policy=policy)
    assert isinstance(outcome, Exported)


def test_another_task_has_attempts_of_its_own() -> None:
    """What the last call of the first task used up does not count against the second's create."""
    script: Script = [
        ("create", told("querying")),
        *[("poll", NOT_FOUND)] * ABSENCES,
        *[("create", UNSENT)] * (CALLS - 1),
    ]
    assert isinstance(outcome_of(RENDER, [*script, ("create", told("success")), ("fetch", SAVED)]), Exported)


def test_a_good_answer_forgives_refused_tokens() -> None:
    """A token cut off early, time and again, is no refusal while calls get through between."""
    script: Script = [*[("create", UNAUTHORIZED)] * 2, ("create", told("querying"))]
    polls: Script = [*[("poll", UNAUTHORIZED)] * 2, ("poll", told("querying"))]
    outcome = outcome_of(RENDER, [*script, *polls * 3, ("poll", told("success")), ("fetch", SAVED)])
    assert isinstance(outcome, Exported)


def test_a_kill_is_no_retry() -> None:
    """A query that nobody can ask about any more is killed: one more call, and none sent again."""
    failure = failure_of(QUERY, [("create", told("added")), *[("poll", BAD_GATEWAY)] * CALLS, ("kill", KILLED)])
    assert (failure.history.calls, failure.history.retries) == (CALLS + 2, CALLS - 1)


@pytest.mark.parametrize(
    ("failure", "lost"),
    [(LOST, 1), (BAD_GATEWAY, 1), (failed(UnexpectedResponse, 200), 1), (UNSENT, 0), (THROTTLED, 0), (UNAUTHORIZED, 0)],
)
def test_a_create_whose_answer_was_lost_is_counted(failure: Event, lost: int) -> None:
    """Where Looker may have run a task that nobody knows, the history says so; elsewhere it does not."""
    outcome = outcome_of(RENDER, [("create", failure), ("create", told("success")), ("fetch", SAVED)])
    assert (outcome.history.creates, outcome.history.lost_creates) == (1, lost)


def test_the_last_lost_create_is_counted_too() -> None:
    """Each of the attempts may have made a task, though none told its id."""
    failure = failure_of(RENDER, [("create", LOST)] * CALLS)
    assert (failure.history.creates, failure.history.lost_creates, failure.history.retries) == (0, CALLS, CALLS - 1)


def test_retry_after_is_a_floor_under_our_own_wait() -> None:
    """The server's wish is waited out, on a failure and on "not yet"."""
    obedient = begun(RENDER)
    obedient.through(
        [
            ("create", failed(Throttled, 429, retry_after=77.0)),
            ("create", told("success")),
            ("fetch", failed(NotReady, 202, retry_after=33.0)),
            ("poll", told("success")),
            ("fetch", failed(ServerBroken, 503, retry_after=0.0)),
            ("fetch", SAVED),
        ]
    )
    assert obedient.waits == pytest.approx([77.0, 33.0, 0.5])


def test_a_short_deadline_leaves_time_for_another_task() -> None:
    """Whoever waits for a minute at the most cannot wait for a minute to see whether `expired` passes."""
    policy = evolve(POLICY, deadlines=evolve(POLICY.deadlines, export=40.0))
    obedient = begun(QUERY, policy)
    obedient.until("create", [("create", told("added")), ("poll", told("expired"))])
    assert 10.0 <= obedient.now - START < 25.0
    outcome = obedient.through([("create", told("complete", "t2")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
