"""From a URL, options and the environment to obstore's store, as the clouds' own tools would find it."""

import os
import time
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen
from obstore.exceptions import BaseError
from obstore.store import MemoryStore, ObjectStore, from_url

from looker_tasks.aio.files.bucket.aws import endpoint_of, read_profile
from looker_tasks.errors import ConfigurationError

_CLIENT_OPTIONS = frozenset(
    {
        "allow_http",
        "allow_invalid_certificates",
        "connect_timeout",
        "pool_idle_timeout",
        "pool_max_idle_per_host",
        "proxy_url",
        "read_timeout",
        "root_certificate",
        "timeout",
        "user_agent",
    }
)
_TIMEOUTS = {"connect_timeout": "15s", "timeout": "300s"}  # of a request: one part of a large file, on a slow line
_STORES = 64  # that are kept for the next export …
_KEPT_FOR = 300.0  # … and seconds: the files of credentials may be replaced while a service runs
_YES_OR_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@frozen
class Store:
    """A bucket that is reached, and the folder in it that the URL means."""

    inner: ObjectStore
    url: str  # with no slash at its end
    prefix: str  # with a slash at its end, or empty
    endpoint: str = ""  # of one's own


def store_at(url: str, options: Mapping[str, str]) -> Store:
    """Return the store at *url*. Raises `ConfigurationError` for what is wrong with it or with *options*."""
    parts = urlsplit(url)
    if not parts.netloc and parts.scheme != "memory":
        raise ConfigurationError(f"{url}: the name of the bucket is missing; expected {parts.scheme}://bucket/folder")
    path = url.partition("://")[2].removeprefix(parts.netloc).strip("/")  # taken as it is, `#`, `?` and `%` too
    config, client_options = _split(parts.scheme, options)
    indirect = _s3(config, client_options) if parts.scheme in {"s3", "s3a"} else None
    try:
        inner: ObjectStore
        if parts.scheme == "memory":
            inner = _memory()
        else:
            settings = tuple(config.items()), tuple(client_options.items()), tuple(os.environ.items())
            period = int(time.monotonic() / _KEPT_FOR)
            inner = _made(f"{parts.scheme}://{parts.netloc}", *settings, indirect, period)
    except (BaseError, ValueError, TypeError) as error:
        reason = str(error).partition("\n")[0]
        raise ConfigurationError(f"{url}: {reason}") from None
    return Store(inner, url.rstrip("/"), f"{path}/" if path else "", str(config.get("endpoint", "")))


@cache
def _memory() -> MemoryStore:
    """Return the one store in memory: what one client wrote, another finds."""
    return MemoryStore()


@lru_cache(maxsize=_STORES)
def _made(
    url: str,
    config: tuple[tuple[str, str], ...],
    client_options: tuple[tuple[str, Any], ...],
    environ: tuple[tuple[str, str], ...],  # noqa: ARG001  # obstore reads it by itself
    indirect: tuple[str, str] | None,
    period: int,  # noqa: ARG001  # in which it is kept
) -> ObjectStore:
    """Return the store of the bucket at *url*, for whoever asks for the same again as well.

    To make one reads the system's certificates, which takes some 25 ms of the interpreter; and it has connections.
    """
    more = {} if indirect is None else {"credential_provider": _provider(*indirect)}
    return from_url(url, config=dict(config), client_options=dict(client_options), **more)  # type: ignore[call-overload,no-any-return]  # typed by each cloud's own options


def _split(scheme: str, options: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    prefix = "aws_" if scheme in {"s3", "s3a"} else ""
    config: dict[str, str] = {}
    client: dict[str, Any] = dict(_TIMEOUTS)
    for key, value in options.items():
        name = key.lower().removeprefix(prefix)
        if name == "endpoint_url":
            name = "endpoint"
        if name in _CLIENT_OPTIONS:
            client[name] = _YES_OR_NO.get(value.lower(), value) if name.startswith("allow_") else value
        else:
            config[name] = value
    return config, client


def _s3(config: dict[str, str], client_options: dict[str, Any]) -> tuple[str, str] | None:
    """Complete *config* and *client_options* by the environment and the profile.

    Return the profile's name and why, where its credentials have to be fetched from elsewhere.
    """
    profile = read_profile(os.environ, config)
    for key, value in profile.settings.items():
        config.setdefault(key, value)
    if "region" not in config and (region := os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")):
        config["region"] = region
    if "endpoint" not in config and (endpoint := endpoint_of(os.environ)) is not None:
        config["endpoint"] = endpoint
    if config.get("endpoint", "").startswith("http://"):
        client_options.setdefault("allow_http", True)
    return (profile.name, profile.indirect) if profile.indirect else None


def _provider(profile: str, reason: str) -> object:
    """Return what fetches a profile's credentials: single sign-on, roles and their like are boto3's business."""
    try:
        import boto3  # noqa: PLC0415  # for few, and slow to import
        from obstore.auth.boto3 import Boto3CredentialProvider  # noqa: PLC0415  # it needs boto3
    except ModuleNotFoundError:
        raise ConfigurationError(
            f"the AWS profile {profile!r} has {reason}, which takes boto3; run pip install boto3"
        ) from None
    return Boto3CredentialProvider(boto3.session.Session(profile_name=profile))
