"""One export from its create to its Outcome, as transcripts: what Looker told, and what became of it."""

from typing import Any

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
    NotReady,
    RequestRefused,
    ResultRejected,
    ServerBroken,
    TaskFailed,
    Throttled,
    UnexpectedAnswer,
)
from looker_tasks.exports import DashboardExport, ElementExport, Export, LookExport, QueryExport
from looker_tasks.models import TaskKind
from looker_tasks.outcomes import Cancelled, Exported, Failed, History
from looker_tasks.policy import Backoff, Cadence, Deadlines, Policy, Retry
from looker_tasks.sansio.cadence import Cadence as Learnt
from looker_tasks.sansio.cadence import Sighting
from looker_tasks.sansio.directives import Call, Done, Event, Save, Woke
from looker_tasks.sansio.lifecycle import Lifecycle
from looker_tasks.sansio.operations import ApiVersion
from tests.sansio.looker_told import (
    ARTIFACT,
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
    Obedient,
    failed,
    failing,
    look,
    told,
)

_RENDER = DashboardExport("42")
_QUERY = QueryExport("5", "csv")
_LOOK = LookExport("7", "csv")
_POLICY = Policy(
    backoff=Backoff(base=1.0, cap=8.0),
    cadence=Cadence(ceiling=15.0),
    retry=Retry(call_attempts=4, task_attempts=2),
    deadlines=Deadlines(export=1000.0, progress=400.0, expired=60.0, call=50.0, stop=30.0),
)
_START = 5000.0
_KINDS: list[TaskKind] = ["render", "query"]

Script = list[tuple[str, Event]]


def _begun(export: Export, policy: Policy = _POLICY, version: ApiVersion = "4.0", **more: Any) -> Obedient:  # noqa: ANN401  # begin's
    return Obedient(Lifecycle.begin(export, policy, version, now=_START, **more), _START)


def _outcome(export: Export, script: Script, **more: Any) -> Exported | Failed | Cancelled:  # noqa: ANN401  # begin's
    return _begun(export, **more).through(script).outcome


def _failure(export: Export, script: Script, **more: Any) -> Failed:  # noqa: ANN401  # begin's
    outcome = _outcome(export, script, **more)
    assert isinstance(outcome, Failed)
    return outcome


# ------------------------------------------------------------------------------------ what goes well


def test_a_render_goes_through_its_phases() -> None:
    """Created, watched through Looker's phases, fetched: one file, each second in its phase, each call counted."""
    obedient = _begun(_RENDER)
    outcome = obedient.through(
        [
            ("create", told("enqueued_for_query")),
            ("poll", told("querying")),
            ("poll", told("enqueued_for_render")),
            ("poll", told("success")),
            ("fetch", SAVED),
        ]
    ).outcome
    assert isinstance(outcome, Exported)
    history = outcome.history
    assert (outcome.export, outcome.artifact) == (_RENDER, ARTIFACT)
    assert obedient.roles == ["create", "poll", "poll", "poll", "fetch"]
    assert history.phases.keys() == {
        "creating",
        "enqueued_for_query",
        "querying",
        "enqueued_for_render",
        "downloading",
    }
    assert sum(history.phases.values()) == pytest.approx(history.seconds) == pytest.approx(obedient.now - _START)
    assert evolve(history, phases={}, seconds=0.0) == History(task_id="t1", calls=5, creates=1)


@pytest.mark.parametrize("status", ["complete", "Complete", "COMPLETE"])
def test_a_query_goes_the_same_way(status: str) -> None:
    """Rows are created, watched and fetched; the docs write the status with a capital."""
    script: Script = [("create", told("added")), ("poll", told(status)), ("fetch", SAVED)]
    obedient = _begun(_QUERY)
    assert isinstance(obedient.through(script).outcome, Exported)
    assert obedient.roles[0] == "create"


def test_a_look_in_rows_resolves_its_query_first() -> None:
    """The look tells its query, once; the task runs that query."""
    obedient = _begun(_LOOK)
    obedient.through([("resolve", look("5")), ("create", told("complete")), ("fetch", SAVED)])
    assert obedient.roles == ["resolve", "create", "fetch"]


def test_a_look_is_resolved_once_though_created_twice() -> None:
    """A second task runs the same query: the look is not asked again."""
    obedient = _begun(_LOOK)
    obedient.through(
        [("resolve", look("5")), ("create", told("killed")), ("create", told("complete")), ("fetch", SAVED)]
    )
    assert obedient.roles == ["resolve", "create", "create", "fetch"]


@pytest.mark.parametrize("export", [LookExport("7", "png"), ElementExport("9"), QueryExport("5", "png")])
def test_every_picture_is_a_render(export: Export) -> None:
    """A look as a picture needs no query of its own."""
    script: Script = [("create", told("success")), ("fetch", SAVED)]
    assert isinstance(_outcome(export, script), Exported)


def test_a_task_that_is_done_at_once_is_fetched_at_once() -> None:
    """A result that was cached waits for no poll."""
    obedient = _begun(_QUERY)
    obedient.through([("create", told("complete")), ("fetch", SAVED)])
    assert obedient.waits == []


def test_a_task_of_an_earlier_run_is_gone_on_with() -> None:
    """With its id the export begins at the poll; nothing is created."""
    obedient = _begun(_RENDER, task_id="t0")
    outcome = obedient.through([("poll", told("success", "t0")), ("fetch", SAVED)]).outcome
    assert obedient.roles[0] in {"poll", "fetch"}
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t0", 0)


def test_a_lost_task_of_an_earlier_run_is_created_anew() -> None:
    """Where Looker knows the old id no more, the export begins from the start."""
    script: Script = [*[("poll", NOT_FOUND)] * 3, ("create", told("success")), ("fetch", SAVED)]
    outcome = _outcome(_RENDER, script, task_id="t0")
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t1", 1)


def test_a_status_never_heard_of_is_a_running_task() -> None:
    """Neither an unknown word nor a missing one ends anything."""
    script: Script = [("create", told("pondering")), ("poll", told(None)), ("poll", told("success")), ("fetch", SAVED)]
    outcome = _outcome(_RENDER, script)
    assert isinstance(outcome, Exported)
    assert {"pondering", "unknown"} <= outcome.history.phases.keys()


def test_waits_grow_with_the_age_and_stay_below_the_ceiling() -> None:
    """A long task is asked about ever less often, and never less than every 15 s."""
    obedient = _begun(_RENDER)
    script: Script = [("create", told("rendering")), *[("poll", told("rendering"))] * 24]
    obedient.through([*script, ("poll", told("success")), ("fetch", SAVED)])
    assert obedient.waits[0] < 1.0
    assert obedient.waits == sorted(obedient.waits)
    assert obedient.waits[-1] == 15.0


# ------------------------------------------------------------------------------------ what goes wrong once


@pytest.mark.parametrize(
    ("export", "script"),
    [
        (_RENDER, [("create", told("failure", detail="boom")), ("create", told("success", "t2")), ("fetch", SAVED)]),
        (_QUERY, [("create", told("killed")), ("create", told("complete", "t2")), ("fetch", SAVED)]),
        (_QUERY, [("create", told("missing")), ("create", told("complete", "t2")), ("fetch", SAVED)]),
        (
            _RENDER,
            [("create", told("success")), ("fetch", NOT_FOUND), ("create", told("success", "t2")), ("fetch", SAVED)],
        ),
        (
            _RENDER,
            [
                ("create", told("querying")),
                *[("poll", NOT_FOUND)] * 3,
                ("create", told("success", "t2")),
                ("fetch", SAVED),
            ],
        ),
        (
            _RENDER,
            [
                ("create", told("success")),
                *[("fetch", SPOILED)] * 3,
                ("create", told("success", "t2")),
                ("fetch", SAVED),
            ],
        ),
    ],
    ids=["failure", "killed", "missing", "404-result", "404-poll", "spoiled"],
)
def test_a_task_that_ended_badly_is_created_again(export: Export, script: Script) -> None:
    """One more task may do better: it has an id of its own, and is counted."""
    outcome = _outcome(export, script)
    assert isinstance(outcome, Exported)
    assert (outcome.history.task_id, outcome.history.creates) == ("t2", 2)
    assert outcome.history.retries >= 1


def test_a_glimpse_of_expired_ends_nothing() -> None:
    """Looker says `expired` of running queries, now and then."""
    outcome = _outcome(
        _QUERY,
        [("create", told("added")), *[("poll", told("expired"))] * 3, ("poll", told("complete")), ("fetch", SAVED)],
    )
    assert isinstance(outcome, Exported)
    assert outcome.history.creates == 1


def test_a_task_that_stays_expired_is_created_again() -> None:
    """After a minute of it, the result is gone."""
    obedient = _begun(_QUERY)
    obedient.until("create", [("create", told("expired")), ("poll", told("expired"))])
    assert 60.0 <= obedient.now - _START <= 76.0
    outcome = obedient.through([("create", told("complete", "t2")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert (outcome.history.creates, obedient.roles.count("create")) == (2, 2)


def test_a_warning_is_not_a_failure() -> None:
    """Looker says `error` for a mere warning: the result tells."""
    script: Script = [("create", told("added")), ("poll", told("error")), ("fetch", SAVED)]
    assert isinstance(_outcome(_QUERY, script), Exported)


@pytest.mark.parametrize("not_yet", [NOT_READY, failed(NotReady, 204)])
def test_a_result_that_is_not_there_yet_is_waited_for(not_yet: Event) -> None:
    """202 and 204 send the export back to watching, and cost no attempt."""
    script: Script = [
        ("create", told("success")),
        *[("fetch", not_yet), ("poll", told("success"))] * 20,
        ("fetch", SAVED),
    ]
    outcome = _outcome(_RENDER, script)
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
    outcome = _outcome(_LOOK, script)
    assert isinstance(outcome, Exported)
    assert (outcome.history.retries, outcome.history.calls) == (1, 5)


def test_throttles_cost_no_attempt() -> None:
    """However often the server says "not now", the call is made in the end, at growing intervals."""
    obedient = _begun(_RENDER)
    outcome = obedient.through([*[("create", THROTTLED)] * 30, ("create", told("success")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert outcome.history.retries == 30
    assert obedient.waits[:5] == pytest.approx([0.5, 1.0, 2.0, 4.0, 4.0])


def test_a_good_answer_forgives_the_failures_before_it() -> None:
    """Attempts are counted for one call: three failures of each of many polls end nothing."""
    polls: Script = [*[("poll", BAD_GATEWAY)] * 3, ("poll", told("querying"))]
    script: Script = [("create", told("querying")), *polls * 5, ("poll", told("success")), ("fetch", SAVED)]
    assert isinstance(_outcome(_RENDER, script), Exported)


def test_not_yet_forgives_the_failures_before_it() -> None:
    """A 202 is a good answer: the attempts of the next call begin anew."""
    fetches: Script = [
        *[("fetch", BAD_GATEWAY)] * 3,
        ("fetch", NOT_READY),
        *[("poll", BAD_GATEWAY)] * 3,
        ("poll", told("success")),
    ]
    outcome = _outcome(_RENDER, [("create", told("success")), *fetches * 5, ("fetch", SAVED)])
    assert isinstance(outcome, Exported)
    assert outcome.history.retries == 30


def test_another_task_has_attempts_of_its_own() -> None:
    """What the last call of the first task used up does not count against the second's create."""
    script: Script = [("create", told("querying")), *[("poll", NOT_FOUND)] * 3, *[("create", UNSENT)] * 3]
    assert isinstance(_outcome(_RENDER, [*script, ("create", told("success")), ("fetch", SAVED)]), Exported)


def test_a_good_answer_forgives_refused_tokens() -> None:
    """A token cut off early, time and again, is no refusal while calls get through between."""
    script: Script = [*[("create", UNAUTHORIZED)] * 2, ("create", told("querying"))]
    polls: Script = [*[("poll", UNAUTHORIZED)] * 2, ("poll", told("querying"))]
    outcome = _outcome(_RENDER, [*script, *polls * 3, ("poll", told("success")), ("fetch", SAVED)])
    assert isinstance(outcome, Exported)


def test_a_kill_is_no_retry() -> None:
    """A query that nobody can ask about any more is killed: one more call, and none sent again."""
    failure = _failure(_QUERY, [("create", told("added")), *[("poll", BAD_GATEWAY)] * 4, ("kill", KILLED)])
    assert (failure.history.calls, failure.history.retries) == (6, 3)


@pytest.mark.parametrize(
    ("failure", "lost"),
    [(LOST, 1), (BAD_GATEWAY, 1), (failed(UnexpectedAnswer, 200), 1), (UNSENT, 0), (THROTTLED, 0), (UNAUTHORIZED, 0)],
)
def test_a_create_whose_answer_was_lost_is_counted(failure: Event, lost: int) -> None:
    """Where Looker may have run a task that nobody knows, the history says so; elsewhere it does not."""
    outcome = _outcome(_RENDER, [("create", failure), ("create", told("success")), ("fetch", SAVED)])
    assert (outcome.history.creates, outcome.history.lost_creates) == (1, lost)


def test_the_last_lost_create_is_counted_too() -> None:
    """Each of the four attempts may have made a task, though none told its id."""
    failure = _failure(_RENDER, [("create", LOST)] * 4)
    assert (failure.history.creates, failure.history.lost_creates, failure.history.retries) == (0, 4, 3)


def test_retry_after_is_a_floor_under_our_own_wait() -> None:
    """The server's wish is waited out, on a failure and on "not yet"."""
    obedient = _begun(_RENDER)
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


# ------------------------------------------------------------------------------------ what goes wrong for good


@pytest.mark.parametrize(
    ("export", "script", "kind", "words"),
    [
        (_RENDER, [("create", NOT_FOUND)], NotFound, "404"),
        (_RENDER, [("create", failed(RequestRefused, 422, message="width"))], RequestRefused, "422 width"),
        (_RENDER, [("create", BAD_GATEWAY)] * 4, ServerBroken, "502"),
        (_RENDER, [("create", failed(ServerBroken, 500))] * 3, ServerBroken, "500"),
        (_RENDER, [("create", failed(UnexpectedAnswer, 200))] * 3, UnexpectedAnswer, "200"),
        (_LOOK, [("resolve", NOT_FOUND)], NotFound, "404"),
        (_LOOK, [("resolve", look(None))], TaskFailed, "the look has no query"),
        (_LOOK, [("resolve", look(""))], TaskFailed, "the look has no query"),
        (
            _RENDER,
            [("create", told("failure", "t1", "boom")), ("create", told("failure", "t2", "Script\ntimed out"))],
            TaskFailed,
            "task t2 ended in failure: Script timed out",
        ),
        (_QUERY, [("create", told("killed"))] * 2, TaskFailed, "ended in killed"),
        (
            _QUERY,
            [("create", told("error")), ("fetch", failed(RequestRefused, 400, message="SQL: no such column"))],
            TaskFailed,
            "task t1 ended in error: SQL: no such column",
        ),
        (
            _RENDER,
            [("create", told("success")), ("fetch", NOT_FOUND), ("create", told("success")), ("fetch", NOT_FOUND)],
            NotFound,
            "404",
        ),
        (
            _RENDER,
            [("create", told("success")), *[("fetch", SPOILED)] * 3] * 2,
            ResultRejected,
            "it was cut short",
        ),
        (
            _RENDER,
            [("create", told("success")), ("fetch", failing(FileNotWritten(path="a", reason="disk full")))],
            FileNotWritten,
            "disk full",
        ),
        (_RENDER, [("create", told("success")), *[("fetch", LOST)] * 4], ConnectionBroken, "reset"),
        (_RENDER, [("create", told("querying")), *[("poll", BAD_GATEWAY)] * 4], ServerBroken, "502"),
    ],
)
def test_what_cannot_be_had_fails_with_its_reason(
    export: Export, script: Script, kind: type[LookerTasksError], words: str
) -> None:
    """Each budget ends in a Failed that says why, and stops nothing but itself."""
    done = _begun(export).through(script)
    assert isinstance(done.outcome, Failed)
    assert type(done.outcome.error) is kind
    assert words in str(done.outcome.error)
    assert str(done.outcome.error).isprintable()
    assert not done.stops_run


def test_a_look_whose_query_has_no_number_in_3_1() -> None:
    """A server of 3.1 that tells a text for an id fails the export, and nothing else."""
    failure = _failure(_LOOK, [("resolve", look("abc"))], version="3.1")
    assert isinstance(failure.error, InvalidExport)


@pytest.mark.parametrize(("export", "version"), [(ElementExport("9"), "3.1"), (DashboardExport("slug"), "3.1")])
def test_what_the_version_cannot_make_is_refused_before_it_begins(export: Export, version: ApiVersion) -> None:
    """A wrong export never comes to a call."""
    with pytest.raises(InvalidExport):
        Lifecycle.begin(export, _POLICY, version, now=_START)


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
    done = _begun(_QUERY).through(script)
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
    policy = evolve(_POLICY, retry=Retry(call_attempts=10))
    assert isinstance(_outcome(_RENDER, script, policy=policy), Exported)


@pytest.mark.parametrize("attempts", [1, 3])
def test_as_many_tasks_are_created_as_the_policy_allows(attempts: int) -> None:
    """The budget of the task is the policy's."""
    policy = evolve(_POLICY, retry=Retry(task_attempts=attempts))
    failure = _failure(_RENDER, [("create", told("failure"))] * attempts, policy=policy)
    assert failure.history.creates == attempts


# ------------------------------------------------------------------------------------ deadlines


def test_a_render_that_is_never_taken_ends_at_the_deadline_for_progress() -> None:
    """Stuck in the queue, it ends with that diagnosis, and no sooner."""
    obedient = _begun(_RENDER)
    outcome = obedient.through(
        [("create", told("enqueued_for_render")), ("poll", told("enqueued_for_render"))], forever=True
    ).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert (outcome.error.phase, outcome.error.waited) == ("enqueued_for_render", "the deadline for progress")
    assert "too few render slots" in outcome.error.advice
    assert obedient.now == pytest.approx(_START + 0.1 + 400.0, abs=0.2)


def test_progress_earns_time_up_to_the_exports_deadline() -> None:
    """A task that comes forward is waited for, as long as the export may take."""
    obedient = _begun(_RENDER, evolve(_POLICY, deadlines=evolve(_POLICY.deadlines, progress=20.0)))
    flapping: Script = [("poll", told("querying")), ("poll", told("enqueued_for_render"))]
    outcome = obedient.through([("create", told("querying")), *flapping * 5000], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert outcome.error.waited == "the export's deadline"
    assert obedient.now == pytest.approx(_START + 1000.0)
    assert outcome.error.seconds == pytest.approx(1000.0)


def test_a_result_that_never_comes_is_no_progress() -> None:
    """Success without a result, time and again, ends at the deadline for progress."""
    obedient = _begun(_RENDER)
    never: Script = [("fetch", NOT_READY), ("poll", told("success"))]
    outcome = obedient.through([("create", told("success")), *never * 500], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert (outcome.error.phase, outcome.error.waited) == ("downloading", "the deadline for progress")


@pytest.mark.parametrize("answer", [KILLED, NOT_FOUND, LOST])
def test_a_query_that_is_late_is_killed(answer: Event) -> None:
    """Past its deadline the query is stopped on the server, within the time for that, whatever comes of it."""
    obedient = _begun(_QUERY)
    order = obedient.until("kill", [("create", told("added")), ("poll", told("added"))])
    assert order.until == obedient.now + 30.0
    assert obedient.flow.holds_slot
    outcome = obedient.through([("kill", answer)]).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)


def test_a_retry_after_past_the_deadline_fails_at_once_and_says_so() -> None:
    """There is nothing to wait for: a year is told as what it is."""
    obedient = _begun(_RENDER)
    year = 365 * 86400.0
    outcome = obedient.through([("create", failed(Throttled, 429, retry_after=year))]).outcome
    assert isinstance(outcome, Failed)
    assert isinstance(outcome.error, DeadlineExceeded)
    assert "429 (it asks to wait 31536000 s, past the deadline)" in str(outcome.error)
    assert obedient.now == pytest.approx(_START + 0.1)


def test_a_late_failure_tells_the_last_trouble() -> None:
    """Throttled to the end, the deadline says by what."""
    outcome = _begun(_RENDER).through([("create", THROTTLED)], forever=True).outcome
    assert isinstance(outcome, Failed)
    assert (
        str(outcome.error)
        == "not done after 1000 s (the export's deadline), in phase creating; last: an_operation: 429"
    )


def test_no_call_is_counted_that_a_deadline_forestalled() -> None:
    """The history counts what was sent."""
    obedient = _begun(_RENDER)
    outcome = obedient.through([("create", THROTTLED)], forever=True).outcome
    assert outcome.history.calls == len(obedient.roles)
    assert outcome.history.retries == len(obedient.roles) - 1


def test_a_call_may_take_as_long_as_a_call_and_no_longer_than_the_export() -> None:
    """A call ends after its own time; a download has all that is left."""
    begun = Lifecycle.begin(_RENDER, _POLICY, "4.0", now=_START)
    assert isinstance(begun.directive, Call)
    assert begun.directive.until == _START + 50.0
    fetching = begun.advance(told("success"), now=_START + 1, rand=0.5)
    assert isinstance(fetching.directive, Save)
    assert fetching.directive.until == fetching.deadline == _START + 1000.0
    late = begun.advance(told("querying"), now=_START + 990.0, rand=0.5).advance(Woke(), now=_START + 995.0, rand=0.5)
    assert isinstance(late.directive, Call)
    assert late.directive.until == _START + 1000.0


def test_a_file_that_comes_at_the_last_moment_is_kept() -> None:
    """What is on disk is on disk, deadline or not."""
    flow = Lifecycle.begin(_RENDER, _POLICY, "4.0", now=_START).advance(told("success"), now=_START + 1, rand=0.5)
    done = flow.advance(SAVED, now=_START + 2000, rand=0.5).directive
    assert isinstance(done, Done)
    assert isinstance(done.outcome, Exported)


# ------------------------------------------------------------------------------------ stopping


def _after(export: Export, *events: Event, version: ApiVersion = "4.0") -> Lifecycle:
    """Return an export after these *events*, a second apart."""
    flow = Lifecycle.begin(export, _POLICY, version, now=_START)
    for second, event in enumerate(events, 1):
        flow = flow.advance(event, now=_START + second, rand=0.5)
    return flow


@pytest.mark.parametrize(
    "flow",
    [
        _after(_RENDER),
        _after(_RENDER, BAD_GATEWAY),
        _after(_RENDER, told("querying")),
        _after(_RENDER, told("querying"), Woke()),
        _after(_QUERY),
        _after(_LOOK),
        _after(_LOOK, look("5")),
        _after(_RENDER, told("success"), NOT_READY),
    ],
    ids=["create", "create-again", "wait", "poll", "query-create", "resolve", "look-create", "render-not-ready"],
)
def test_stopping_ends_at_once_where_nothing_can_be_killed(flow: Lifecycle) -> None:
    """A render cannot be stopped, and where no query runs there is none to stop."""
    stopped = flow.stop(now=_START + 10)
    assert isinstance(stopped.directive, Done)
    assert isinstance(stopped.directive.outcome, Cancelled)
    assert stopped.directive.outcome.history.seconds == 10.0


@pytest.mark.parametrize(
    "flow",
    [
        _after(_QUERY, told("added")),
        _after(_QUERY, told("added"), Woke()),
        _after(_QUERY, told("running"), Woke(), BAD_GATEWAY),
        _after(_LOOK, look("5"), told("running")),
        _after(_QUERY, told("complete"), NOT_READY),
        _after(_QUERY, told("expired")),
    ],
    ids=["wait", "poll", "poll-again", "look", "not-ready", "expired"],
)
def test_stopping_kills_a_query_that_runs(flow: Lifecycle) -> None:
    """The server is asked once to stop it, within its time; whatever it answers, the export was cancelled."""
    killing = flow.stop(now=_START + 10)
    assert isinstance(killing.directive, Call)
    assert killing.directive.request.path == "/api/4.0/running_queries/t1"
    assert killing.directive.until == _START + 40.0
    assert killing.stop(now=_START + 11) is killing
    for answer in (KILLED, NOT_FOUND, LOST, BAD_GATEWAY):
        done = killing.advance(answer, now=_START + 12, rand=0.5).directive
        assert isinstance(done, Done)
        assert isinstance(done.outcome, Cancelled)
        assert done.outcome.history.calls == flow.history.calls + 1


def test_stopping_lets_a_ready_result_be_fetched() -> None:
    """What Looker has made is still saved: stopping changes nothing there."""
    flow = _after(_RENDER, told("success"))
    assert flow.stop(now=_START + 10) is flow
    done = flow.advance(SAVED, now=_START + 20, rand=0.5)
    assert isinstance(done.directive, Done)
    assert isinstance(done.directive.outcome, Exported)
    assert done.stop(now=_START + 21) is done


def test_stopping_at_each_step_creates_nothing_more() -> None:
    """Asked at every step, as the runner does, a failed download ends in Cancelled and not in another task."""
    flow = _after(_RENDER, told("success"))
    stopped = flow.advance(NOT_FOUND, now=_START + 3, rand=0.5).stop(now=_START + 3)
    assert isinstance(stopped.directive, Done)
    assert isinstance(stopped.directive.outcome, Cancelled)


def test_an_end_is_an_end() -> None:
    """Nothing that comes after it changes an Outcome."""
    done = _after(_RENDER, told("success"), SAVED)
    events: list[Event] = [SAVED, LOST, told("querying"), Woke()]
    for event in events:
        assert done.advance(event, now=_START + 99, rand=0.5) is done


# ------------------------------------------------------------------------------------ the result straight away


def _learnt() -> Learnt:
    """Return what a run knows after a dozen tasks that each ran for ten seconds."""
    cadence = Learnt(_POLICY.cadence)
    for kind in _KINDS:
        for _ in range(12):
            cadence.learn(kind, Sighting(), Sighting(started=0.2, alive=10.0, ended=10.2))
    return cadence


def _asking(export: Export) -> Obedient:
    """Return an export that just asked for its result, where one was more likely than not."""
    obedient = _begun(export, cadence=_learnt())
    obedient.until("fetch", [("create", told("running"))])
    assert obedient.flow.step == "watch"
    return obedient


def test_a_likely_result_is_asked_for_straight_away() -> None:
    """Where the task will have ended more likely than not, the call for its status is saved."""
    obedient = _asking(_RENDER)
    outcome = obedient.through([("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch"]
    assert 9.0 < obedient.waits[0] < 11.0
    assert obedient.flow.seen.ended == pytest.approx(obedient.waits[0])


def test_a_result_asked_for_too_early_costs_no_attempt() -> None:
    """The 202 says what the status would have said: the task runs."""
    obedient = _asking(_QUERY)
    outcome = obedient.through([("fetch", NOT_READY), ("poll", told("complete")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert (outcome.history.retries, outcome.history.creates) == (0, 1)


@pytest.mark.parametrize("answer", [NOT_FOUND, SPOILED, failed(RequestRefused, 400), failed(UnexpectedAnswer, 200)])
@pytest.mark.parametrize("export", [_RENDER, _QUERY])
def test_a_server_that_refuses_early_questions_is_asked_for_the_status(export: Export, answer: Event) -> None:
    """What no document promises before the result is there ends nothing: the status tells, from then on."""
    obedient = _asking(export)
    status = "success" if export is _RENDER else "complete"
    outcome = obedient.through(
        [("fetch", answer), *[("poll", told("running"))] * 5, ("poll", told(status)), ("fetch", SAVED)]
    ).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch", *["poll"] * 6, "fetch"]
    assert (outcome.history.creates, outcome.history.retries) == (1, 0)


@pytest.mark.parametrize("failure", [LOST, BAD_GATEWAY, THROTTLED, UNAUTHORIZED])
def test_a_failed_early_question_is_followed_by_one_for_the_status(failure: Event) -> None:
    """After trouble the lesser call is made, once the wait is over."""
    obedient = _asking(_QUERY)
    outcome = obedient.through([("fetch", failure), ("poll", told("complete")), ("fetch", SAVED)]).outcome
    assert isinstance(outcome, Exported)
    assert obedient.roles == ["create", "fetch", "poll", "fetch"]
    assert outcome.history.retries == 1


@pytest.mark.parametrize(
    "error", [TaskFailed(task_id="t1", status="error", detail="SQL"), FileNotWritten(path="a", reason="disk full")]
)
def test_a_result_that_tells_of_the_end_is_believed(error: LookerTasksError) -> None:
    """There was a result: nothing runs that must be killed, and nothing is created again."""
    obedient = _asking(_QUERY)
    outcome = obedient.through([("fetch", failing(error))]).outcome
    assert isinstance(outcome, Failed)
    assert outcome.error is error
    assert obedient.roles == ["create", "fetch"]


def test_the_next_task_may_be_asked_for_its_result_again_or_not() -> None:
    """A server that refuses early questions refuses them for the export's next task too."""
    obedient = _asking(_RENDER)
    obedient.until("create", [("fetch", NOT_FOUND), ("poll", told("failure"))])
    obedient.through([("create", told("running", "t2")), ("poll", told("success", "t2")), ("fetch", SAVED)])
    assert obedient.roles == ["create", "fetch", "poll", "create", "poll", "fetch"]


@pytest.mark.parametrize(
    ("told_of", "seen"),
    [
        (["added"], Sighting(waiting=1.0, alive=1.0)),
        (["added", "added"], Sighting(waiting=2.0, alive=2.0)),
        (["added", "running"], Sighting(waiting=1.0, started=2.0, alive=2.0)),
        (["added", "running", "running"], Sighting(waiting=1.0, started=2.0, alive=3.0)),
        (["running", "added"], Sighting(waiting=2.0, alive=2.0)),
        (["added", "running", "complete"], Sighting(waiting=1.0, started=2.0, alive=2.0, ended=3.0)),
        (["complete"], Sighting(ended=1.0)),
    ],
)
def test_what_was_seen_of_a_task_is_kept_for_the_cadence(told_of: list[str], seen: Sighting) -> None:
    """Ages at which it was seen waiting, started, unfinished, finished."""
    flow = _after(_QUERY, told("added"))
    created = flow.task_since
    for second, status in enumerate(told_of, 1):
        flow = flow.advance(Woke(), now=created + second, rand=0.5).advance(
            told(status), now=created + second, rand=0.5
        )
    assert flow.seen == seen


def test_not_yet_takes_the_end_back() -> None:
    """A task that said it had ended, and has no result, was seen unfinished."""
    flow = _after(_RENDER, told("success"))
    assert flow.seen.ended is not None
    unready = flow.advance(NOT_READY, now=flow.task_since + 4.0, rand=0.5)
    assert unready.seen == Sighting(alive=4.0)


def test_another_task_is_seen_anew() -> None:
    """What was seen of the first says nothing of the second."""
    flow = _after(_RENDER, told("rendering"), Woke(), told("failure"), told("enqueued_for_query", "t2"))
    assert flow.task_id == "t2"
    assert flow.seen == Sighting()


# ------------------------------------------------------------------------------------ the slot


@pytest.mark.parametrize(
    ("flow", "holds"),
    [
        (_after(_RENDER), True),
        (_after(_LOOK), True),
        (_after(_RENDER, told("querying")), True),
        (_after(_RENDER, told("success")), False),
        (_after(_RENDER, told("success"), BAD_GATEWAY), False),
        (_after(_RENDER, told("success"), NOT_READY), True),
        (_after(_RENDER, told("success"), NOT_FOUND), True),
        (_after(_QUERY, told("added")).stop(now=_START + 9), True),
        (_after(_RENDER, told("success"), SAVED), False),
    ],
)
def test_the_slot_is_held_from_create_to_finished(flow: Lifecycle, holds: bool) -> None:
    """A download needs none; a task that turns out to run, or is created again, does."""
    assert flow.holds_slot is holds
