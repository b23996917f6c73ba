"""One run over a batch as a person sees it."""
