"""The catalogue of the demo: a shop that sells clothes."""
