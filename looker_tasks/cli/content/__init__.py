"""What a Looker has, for people: the command `list`, and a manifest of its schedules."""
