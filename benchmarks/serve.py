"""The server's process: an emulator with the settings given as JSON, until stdin is closed.

python -m benchmarks.serve '{"renderer": "fake", "render_slots": 16}'
"""

import asyncio
import json
import sys

from looker_tasks.emulator import Emulator
from looker_tasks.emulator.catalogue import demo_catalogue


async def serve(settings: str) -> None:
    """Run an emulator; one JSON line on stdout tells where it is and how to log in."""
    async with Emulator(catalogue=demo_catalogue(), **json.loads(settings)) as emulator:
        where = {"base_url": emulator.url, "client_id": emulator.client_id, "client_secret": emulator.client_secret}
        sys.stdout.write(json.dumps(where) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1]))
