"""Many exports in one task group: who begins when, the loop over one export, and what both share."""
