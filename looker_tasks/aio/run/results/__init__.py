"""Where results go: to a file, to whoever streams them on, and how much of that at a time."""
