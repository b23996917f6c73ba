"""Whether a failure is worth another try, when, and who else has to wait for it."""
