"""The effects: they obey what `sansio` decides. Failures are raised here; the runner turns them into values."""
