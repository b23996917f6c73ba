"""An asyncio client for Looker's asynchronous tasks."""
