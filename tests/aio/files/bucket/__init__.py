"""Buckets, against a real S3 server in a process of its own."""
