"""What is in store for a task, decided when it is created. Values alone."""

from attrs import frozen


@frozen
class Injection:
    """How one task goes wrong; the default is that it does not."""

    failure: str | None = None  # it ends as `failure` or `error`, with this as its detail
    stuck: bool = False  # a render never leaves `enqueued_for_render`, a query never leaves `running`
    vanished: bool = False  # every question about it is answered 404
    expires: bool = False  # its result is gone as soon as it is there: a query ends as `expired`
    flapping: bool = False  # a query tells `expired` in the middle of its run, then `running` again
    warning: str | None = None  # a query ends as `error` with all its rows, and this note that is not fatal


ORDINARY = Injection()
