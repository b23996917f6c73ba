"""The decisions: all that can be decided without I/O. No clock, no randomness: time, chance and pacing are arguments.

**The path of an export.** `naming` gives it a file and a key; `journal` says what an earlier run left of it;
`admission` says when it may begin, by the `limit` on tasks in flight. `machine.lifecycle` brings it from its create
to its outcome: it gives a directive (call, wait, save), is told the event that came of it, and notes what happened,
for the journal, the observers, the pacing and the limit. Its states and what is valid in each are in
`machine.states`. Whoever drives it (`aio.run.runner`, a test, a simulated farm) only obeys.

**The wings.**

- `machine`: one export: `directives`, events and `notes`, its `states`, `flow` (facts and deadlines), `lifecycle`.
- `protocol`: what goes over the wire and comes back: operations, requests, responses, statuses, headers, whole files.
- `retrying`: whether a failure is worth another try, when, and who else waits for it: retry, backoff, pause, login.
- `polling`: when to poll a task next: `pacing` asks, `learned` answers by what it saw, `ByAge` by the age alone.
- `rows`: how many rows a result has, and whether they end at the limit of their query.
- beside them: who may begin (`admission`, `limit`, `bounds`), an export's own calls (`export_requests`), its names
  (`naming`, `names`), what is remembered of it (`journal`), itself and its task as text (`export_codec`,
  `task_token`).

**Where a change goes.** Another transition of an export: `machine.lifecycle`, and its row in `machine.states`.
Another error to try again: `retrying.retry`. Another operation of Looker: a row of `protocol.operations`. Another way
to poll: an implementation of `polling.pacing.Pacing`. Another limit: one of `limit.Limit`. What a test would have to
copy in order to simulate it belongs here, and not into `aio`.
"""
