"""What does a farm's work: real queries in threads and real drawings in processes, or files that are only valid."""
