"""One export that cannot be had: why, and by when."""

import pytest
from attrs import evolve

from looker_tasks.errors import (
    ConnectionBroken,
    CredentialsRefused,
    DeadlineExceeded,
    FileNotWritten,
    InvalidExport,
    LookerTasksError,
    NotFound,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
    UnexpectedResponse,
)
from looker_tasks.exports import DashboardExport, ElementExport, Export
from looker_tasks.outcomes import Exported, Failed
from looker_tasks.policy import Retry
from looker_tasks.sansio.machine.directives import Call, Done, Event, Save, Woke
from looker_tasks.sansio.machine.lifecycle import Lifecycle
from looker_tasks.sansio.protocol.operations import ApiVersion
from tests.sansio.machine.looker_told import (
    BAD_GATEWAY,
    KILLED,
    LOST,
    NOT_FOUND,
    NOT_READY,
    PACING,
    QUERY_ERROR,
    SAVED,
    SPOILED,
    THROTTLED,
    UNAUTHORIZED,
    failed,
    failing,
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
    ("export", "script", "kind", "words"),
    [
        (RENDER, [("create", NOT_FOUND)] * ABSENCES, NotFound, "404"),
        (RENDER, [("create", failed(RequestRefused, 422, message="width"))], RequestRefused, "422 width"),
        (RENDER, [("create", BAD_GATEWAY)] * CALLS, ServerBroken, "502"),
        (RENDER, [("create", failed(ServerBroken, 500))] * FEW, ServerBroken, "500"),
        (RENDER, [("create", failed(UnexpectedResponse, 200))] * FEW, UnexpectedResponse, "200"),
        (LOOK, [("resolve", NOT_FOUND)] * ABSENCES, NotFound, "404"),
        (LOOK, [("resolve", look(None))], TaskFailed, "the look has no query"),
        (LOOK, [("resolve", look(""))], TaskFailed, "the look has no query"),
        (
            RENDER,
            [("create", told("failure", "t1", "boom")), ("create", told("failure", "t2", "Script\ntimed out"))],
            TaskFailed,
            "task t2 ended in failure: Script timed out",
        ),
        (QUERY, [("create", told("killed"))] * 2, TaskFailed, "ended in killed"),
        (
            QUERY,
            [("create", told("error")), ("fetch", failed(RequestRefused, 400, message="SQL: no such column"))] * 2,
            TaskFailed,
            "task t1 ended in error: SQL: no such column",
        ),
        (QUERY, [("create", told("complete")), *[("fetch", QUERY_ERROR)] * 2] * 2, TaskFailed, "ended in error: SQL"),
        (
            RENDER,
            [("create", told("success")), *[("fetch", NOT_FOUND)] * ABSENCES] * 2,
            NotFound,
            "404",
        ),
        (
            RENDER,
            [("create", told("success")), *[("fetch", SPOILED)] * FEW] * 2,
            ResultRejected,
            "it was cut short",
        ),
        (
            RENDER,
            [("create", told("success")), ("fetch", failing(FileNotWritten(path="a", reason="disk full")))],
            FileNotWritten,
            "disk full",
        ),
        (RENDER, [("create", told("success")), *[("fetch", LOST)] * CALLS], ConnectionBroken, "reset"),
        (RENDER, [("create", told("querying")), *[("poll", BAD_GATEWAY)] * CALLS], ServerBroken, "502"),
    ],
)
def test_what_cannot_be_had_fails_with_its_reason(
    export: Export, script: Script, kind: type[LookerTasksError], words: str
) -> None:
    """Each budget ends in a Failed that says why, and stops nothing but itself."""
    done = begun(export).through(script)
    assert isinstance(done.outcome, Failed)
    assert type(done.outcome.error) is kind
    assert words in str(done.outcome.error)
    assert str(done.outcome.error).isprintable()
    assert not done.stops_run


def test_a_look_whose_query_has_no_number_in_3_1() -> None:
    """A server of 3.1 that tells a text for an id fails the export, and nothing else."""
    failure = failure_of(LOOK, [("resolve", look("abc"))], version="3.1")
    assert isinstance(failure.error, InvalidExport)


@pytest.mark.parametrize(("export", "version"), [(ElementExport("9"), "3.1"), (DashboardExport("slug"), "3.1")])
def test_what_the_version_cannot_make_is_refused_before_it_begins(export: Export, version: ApiVersion) -> None:
    """A wrong export never comes to a call."""
    with pytest.raises(InvalidExport):
        Lifecycle.begin(export, POLICY, version, now=START)


@pytest.mark.parametrize(
    "script",
    [
        [("create", failed(CredentialsRefused, 404))],
        [("create", UNAUTHORIZED)] * 3,
        [("create", told("querying")), *[("poll", UNAUTHORIZED)] * 3],
        [("create", LOST), *[("create", UNAUTHORIZED)] * 3],
    ],
)
def test_refused_credentials_stop_the_run(script: Script) -> None:
    """What no other export would get past ends the run, with the same reason."""
    done = begun(QUERY).through(script)
    assert done.stops_run
    assert isinstance(done.outcome, Failed)


def test_one_refused_token_after_broken_connections_stops_nothing() -> None:
    """Only refusals in a row are a refusal: a token cut off early in bad weather is not."""
    script: Script = [
        *[("create", LOST)] * 2,
        *[("create", UNAUTHORIZED)] * 2,
        ("create", THROTTLED),
        *[("create", UNAUTHORIZED)] * 2,
        ("create", told("success")),
        ("fetch", SAVED),
    ]
    policy = evolve(POLICY, retry=Retry(call_attempts=10))
    assert isinstance(outcome_of(RENDER, script, policy=policy), Exported)


@pytest.mark.parametrize("attempts", [1, 3])
def test_as_many_tasks_are_created_as_the_policy_allows(attempts: int) -> None:
    """The budget of the task is the policy's."""
    policy = evolve(POLICY, retry=Retry(task_attempts=attempts))
    failure = failure_of(RENDER, [("create", told("failure"))] * attempts, policy=policy)
    assert failure.history.creates == attempts


def test_a_render_that_is_never_taken_ends_at_the_deadline_for_progress() -> None:
    """Stuck in the queue, it ends with that diagnosis, and no sooner."""
    obedient = begun(RENDER)
    outcome = obedient.through(
        [("create", told("enqueued_for_render")), ("poll", told("enqueued_for_render"))], forever=True
    ).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert (outcome.error.phase, outcome.error.waited) == ("enqueued_for_render", "the deadline for progress")
    assert "too few render slots" in outcome.error.advice
    assert obedient.now == pytest.approx(START + 0.1 + 400.0, abs=0.2)


def test_progress_earns_time_up_to_the_exports_deadline() -> None:
    """A task that comes forward is waited for, as long as the export may take."""
    obedient = begun(RENDER, evolve(POLICY, deadlines=evolve(POLICY.deadlines, progress=20.0)))
    flapping: Script = [("poll", told("querying")), ("poll", told("enqueued_for_render"))]
    outcome = obedient.through([("create", told("querying")), *flapping * 5000], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert outcome.error.waited == "the export's deadline"
    assert obedient.now == pytest.approx(START + 1000.0)
    assert outcome.error.seconds == pytest.approx(1000.0)


def test_a_result_that_never_comes_is_no_progress() -> None:
    """Success without a result, time and again, ends at the deadline for progress."""
    obedient = begun(RENDER)
    never: Script = [("fetch", NOT_READY), ("poll", told("success"))]
    outcome = obedient.through([("create", told("success")), *never * 500], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert (outcome.error.phase, outcome.error.waited) == ("downloading", "the deadline for progress")


@pytest.mark.parametrize("answer", [KILLED, NOT_FOUND, LOST])
def test_a_query_that_is_late_is_killed(answer: Event) -> None:
    """Past its deadline the query is stopped on the server, within the time for that, whatever comes of it."""
    obedient = begun(QUERY)
    order = obedient.until("kill", [("create", told("added")), ("poll", told("added"))])
    assert order.until == obedient.now + 30.0
    assert obedient.flow.holds_slot
    outcome = obedient.through([("kill", answer)]).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)


def test_a_retry_after_past_the_deadline_fails_at_once_and_says_so() -> None:
    """There is nothing to wait for: a year is told as what it is."""
    obedient = begun(RENDER)
    year = 365 * 86400.0
    outcome = obedient.through([("create", failed(Throttled, 429, retry_after=year))]).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert "429 (it asks to wait 31536000 s, past the deadline)" in str(outcome.error)
    assert obedient.now == pytest.approx(START + 0.1)


def test_a_late_failure_tells_the_last_trouble() -> None:
    """Throttled to the end, the deadline says by what."""
    outcome = begun(RENDER).through([("create", THROTTLED)], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert (
        str(outcome.error)
        == "not done after 1000 s (the export's deadline), in phase creating; last: an_operation: 429"
    )


def test_no_call_is_counted_that_a_deadline_forestalled() -> None:
    """The history counts what was sent."""
    obedient = begun(RENDER)
    outcome = obedient.through([("create", THROTTLED)], forever=True).outcome
    assert outcome.history.calls == len(obedient.roles)
    assert outcome.history.retries == len(obedient.roles) - 1


def test_a_call_may_take_as_long_as_a_call_and_no_longer_than_the_export() -> None:
    """A call ends after its own time; a download has all that is left."""
    begun = Lifecycle.begin(RENDER, POLICY, "4.0", now=START)
    assert isinstance(begun.directive, Call)
    assert begun.directive.until == START + 50.0
    fetching = begun.advance(told("success"), now=START + 1, rand=0.5, pacing=PACING)
    assert isinstance(fetching.directive, Save)
    assert fetching.directive.until == fetching.deadline == START + 1000.0
    late = begun.advance(told("querying"), now=START + 990.0, rand=0.5, pacing=PACING).advance(
        Woke(), now=START + 995.0, rand=0.5, pacing=PACING
    )
    assert isinstance(late.directive, Call)
    assert late.directive.until == START + 1000.0


def test_a_file_that_comes_at_the_last_moment_is_kept() -> None:
    """What is on disk is on disk, deadline or not."""
    flow = Lifecycle.begin(RENDER, POLICY, "4.0", now=START).advance(
        told("success"), now=START + 1, rand=0.5, pacing=PACING
    )
    done = flow.advance(SAVED, now=START + 2000, rand=0.5, pacing=PACING).directive
    assert isinstance(done, Done)
    assert isinstance(done.outcome, Exported)
