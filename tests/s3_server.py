"""moto's S3 server in a process of its own, and what lies in its buckets, by boto3."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.request import urlopen

import boto3
from attrs import frozen
from botocore.config import Config

_PATIENCE = 30.0  # seconds, for it to begin


@frozen
class S3Server:
    """A server that runs, with one empty bucket for each test."""

    url: str

    @property
    def storage(self) -> dict[str, str]:
        """The options that lead to it."""
        return {"endpoint": self.url, "region": "us-east-1", "access_key_id": "id", "secret_access_key": "secret"}

    @property
    def environ(self) -> dict[str, str]:
        """The same, as the environment has it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "id",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def client(self) -> Any:  # noqa: ANN401  # boto3 has no types
        """Return a client of boto3."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id="id",
            aws_secret_access_key="secret",
            config=Config(max_pool_connections=64),
        )

    def bucket(self, name: str) -> str:
        """Make the bucket *name*, and return its URL."""
        self.client().create_bucket(Bucket=name)
        return f"s3://{name}"

    def objects(self, bucket: str) -> dict[str, int]:
        """Return the sizes of all objects, by key."""
        pages = self.client().get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return {each["Key"]: each["Size"] for page in pages for each in page.get("Contents", [])}

    def body(self, bucket: str, key: str) -> bytes:
        """Return what lies there."""
        body: bytes = self.client().get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def incomplete(self, bucket: str) -> list[str]:
        """Return the keys of multipart uploads that were neither completed nor aborted."""
        return [each["Key"] for each in self.client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])]


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Run a server as long as the block."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONWARNINGS": "ignore"},
    ) as server:
        try:
            _wait_for(f"http://127.0.0.1:{port}/moto-api/data.json")
            yield S3Server(f"http://127.0.0.1:{port}")
        finally:
            server.kill()


def _wait_for(url: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            with closing(urlopen(url, timeout=5)):  # noqa: S310  # it is ours
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
