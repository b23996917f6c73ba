"""The effects: they obey what `sansio` decides. Failures are raised here; `run.effects` turns them into values.

- `parts`: what one client owns and all of its exports share: token, pauses, limit, pacing, downloads, threads.
- `http`: one request and its response; login; Looker's operations; a result as a stream; pauses (`paced_session`).
- `files`: where files go, whole or not at all, the threads that write them, the journal.
- `run`: `scheduler` fans a batch out, `singles` makes exports one by one, `runner` has the only loop over a
  lifecycle, `admission` is where all wait for a slot, `context` hands notes to whom they concern, `results` takes
  them.
- `notifier`: events to observers.

**Primitives.** Structure comes from anyio: task groups, cancel scopes and their shields, limiters, locks, sleeps; so
what is cancelled is cancelled as a whole. Futures, timers and the queue of outcomes come from asyncio where there is
one for each export or call, and anyio's cost more than they give (measured): the slots of `run.admission`, the shared
timers of `run.timers`, the groups of `files.disk`, the checks of `run.results.downloads`. `asyncio.timeout_at` bounds a
download, for what comes at the last moment must still be seen; `asyncio.shield` keeps a create that is under way
while its export is cancelled (`run.context`). Nothing else mixes them.
"""
