"""Airflow's connection of the type ``looker`` → a client.

Host (with or without a scheme) and port are Looker's address, login and password are client_id and client_secret, and
the extra may have ``verify_ssl``, ``timeout`` (seconds of one call) and ``api_version``.
"""

from typing import Any

from airflow.sdk import BaseHook, Connection

from looker_tasks import ConfigurationError, Deadlines, LookerTasks, Policy

_REQUIRED = {"host": "Host", "login": "Login (client_id)", "password": "Password (client_secret)"}


class LookerTasksHook(BaseHook):
    """Makes clients of one connection. Every client is the caller's to ``async with``."""

    conn_name_attr = "looker_conn_id"
    default_conn_name = "looker_default"
    conn_type = "looker"
    hook_name = "Looker"

    def __init__(self, looker_conn_id: str = default_conn_name, **kwargs: Any) -> None:  # noqa: ANN401  # BaseHook's own
        super().__init__(**kwargs)
        self.looker_conn_id = looker_conn_id

    def client(self, *, concurrency: int | str = "auto", deadline: float | None = None) -> LookerTasks:
        """Return a client of the connection, for a worker. *deadline* bounds an export, in seconds.

        Raises `ConfigurationError`, naming what the connection lacks.
        """
        return client_of(self.get_connection(self.looker_conn_id), concurrency=concurrency, deadline=deadline)

    async def aclient(self) -> LookerTasks:
        """Return a client of the connection without blocking, for a triggerer."""
        return client_of(await self.aget_connection(self.looker_conn_id))


def client_of(connection: Connection, *, concurrency: int | str = "auto", deadline: float | None = None) -> LookerTasks:
    """Return a client by *connection*. Raises `ConfigurationError`, naming what it lacks."""
    for attribute, field in _REQUIRED.items():
        if not getattr(connection, attribute):
            raise ConfigurationError(f"the connection {connection.conn_id} has no {field}")
    extra = connection.extra_dejson
    host = str(connection.host).rstrip("/")
    base_url = host if "://" in host else f"{connection.schema or 'https'}://{host}"
    if connection.port:
        base_url = f"{base_url}:{connection.port}"
    deadlines = {"call": float(extra["timeout"])} if extra.get("timeout") else {}
    if deadline is not None:
        deadlines["export"] = deadline
    return LookerTasks(
        base_url,
        str(connection.login),
        str(connection.password),
        api_version="3.1" if str(extra.get("api_version")) == "3.1" else "4.0",
        verify_ssl=str(extra.get("verify_ssl", True)).lower() not in {"false", "0", "no"},
        policy=Policy(deadlines=Deadlines(**deadlines)),
        concurrency="auto" if concurrency == "auto" else int(concurrency),
    )
