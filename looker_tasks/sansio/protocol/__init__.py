"""Looker's API as values: operations, requests, responses, statuses, headers, and the bytes of a result."""
