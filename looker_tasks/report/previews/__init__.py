"""What the files look like, made in processes of their own after the run."""
