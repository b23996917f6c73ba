"""An S3 server for all tests of buckets, and an empty bucket for each."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.s3_server import S3Server, s3_server


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """Give a server that runs as long as the tests."""
    with s3_server() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """Make an empty bucket, and return its name."""
    name = f"test-{uuid4().hex}"
    s3.bucket(name)
    return name
