"""The page: one HTML file with its style, its scripts and its pictures inside."""
