"""Programs that are type-checked and never run: what others write against the public names."""
