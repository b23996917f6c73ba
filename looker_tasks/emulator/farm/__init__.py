"""The farm of the emulator: tasks that wait for slots, run and end, by time alone. It knows nothing of HTTP."""
