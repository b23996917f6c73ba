"""What is asked about an export beside its task: whether its filters are known, whether its rows are all there are."""
