"""Looker over HTTP: transport (aiohttp), login, one coroutine an operation, a result as a stream."""
